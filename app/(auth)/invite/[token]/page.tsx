import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';
import { findInvitation } from '#db/invitations';
import { currentUser } from '../../../_server/access';
import { serverContext } from '../../../_server/context';
import { AuthForm } from '../../_auth/auth-form';
import { AuthHead } from '../../_auth/auth-head';
import { JoinButton } from '../../_auth/join-button';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('invite.title'), referrer: 'no-referrer' };
}

export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const [t, invitation, person] = await Promise.all([getTranslations('auth'), findInvitation(serverContext().database.db, token), currentUser()]);
  if (!invitation) {
    return <><AuthHead title={t('invite.gone')}>{t('invite.goneWhy')}</AuthHead><p className="mt-5 text-sm"><Link href="/" className="words-link">{t('invite.home')}</Link></p></>;
  }
  const role = t(`role.${invitation.role}`);
  const title = t('invite.join', { workspace: invitation.workspaceName });
  if (person) {
    return <><AuthHead title={title}>{t('invite.joinAs', { name: person.user.name, role })}</AuthHead><JoinButton token={token} /></>;
  }
  return (
    <>
      <AuthHead title={title}>{t('invite.intro', { role })}</AuthHead>
      <AuthForm mode="sign-up" next="/" invitationToken={token} email={invitation.email} />
      <p className="mt-4 text-sm text-muted">
        {t.rich('signUp.have', { link: (words) => <Link href={`/sign-in?next=${encodeURIComponent(`/invite/${token}`)}`} className="words-link">{words}</Link> })}
      </p>
    </>
  );
}
