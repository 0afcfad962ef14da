import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { anyWorkspace } from '#db/workspaces';
import { currentAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { AuthForm } from '../_auth/auth-form';
import { AuthHead } from '../_auth/auth-head';
import { InvitationLinkForm } from '../_auth/invitation-link-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('signUp.title') };
}

/** The owner on a fresh installation, anybody where SIGN_UP=open; else one needs an invitation. */
export default async function SignUpPage() {
  const { access } = await currentAccess();
  if (access) redirect('/');
  const { database, env } = serverContext();
  const fresh = !(await anyWorkspace(database.db));
  const t = await getTranslations('auth');
  const haveAccount = <p className="mt-4 text-sm text-muted">{t.rich('signUp.have', { link: (words) => <Link href="/sign-in" className="words-link">{words}</Link> })}</p>;
  if (!fresh && env.auth.signUp === 'invite') {
    return (
      <>
        <AuthHead title={t('signUp.invited')}>{t('signUp.invitedIntro')}</AuthHead>
        <InvitationLinkForm />
        {haveAccount}
      </>
    );
  }
  return (
    <>
      <AuthHead title={t(fresh ? 'signUp.owner' : 'signUp.title')}>{t(fresh ? 'signUp.ownerIntro' : 'signUp.intro')}</AuthHead>
      <AuthForm mode="sign-up" next={fresh ? '/' : '/welcome'} />
      {!fresh && haveAccount}
    </>
  );
}
