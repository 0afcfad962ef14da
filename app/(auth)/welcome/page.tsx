import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { redirect } from 'next/navigation';
import { currentAccess, currentUser } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { AuthHead } from '../_auth/auth-head';
import { InvitationLinkForm } from '../_auth/invitation-link-form';
import { WorkspaceForm } from '../_auth/workspace-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('welcome.title') };
}

/** An account without a workspace: it starts its own where SIGN_UP=open, or opens an invitation. */
export default async function WelcomePage() {
  const person = await currentUser();
  if (!person) redirect('/sign-in');
  if ((await currentAccess()).access) redirect('/');
  const t = await getTranslations('auth.welcome');
  const open = serverContext().env.auth.signUp === 'open';
  return (
    <>
      <AuthHead title={t('hello', { name: person.user.name })}>{t(open ? 'introOpen' : 'intro')}</AuthHead>
      {open && <WorkspaceForm />}
      {open && <p className="mt-8 text-md text-muted">{t('or')}</p>}
      <InvitationLinkForm />
    </>
  );
}
