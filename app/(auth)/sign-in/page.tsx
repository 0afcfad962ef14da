import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { anyWorkspace } from '#db/workspaces';
import { currentAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { AuthForm } from '../_auth/auth-form';
import { AuthHead } from '../_auth/auth-head';
import { safeNext } from '../_auth/safe-next';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('signIn.title') };
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safeNext((await searchParams).next);
  const { access } = await currentAccess();
  if (access) redirect(next);
  const { database, env } = serverContext();
  if (!(await anyWorkspace(database.db))) redirect('/sign-up');
  const t = await getTranslations('auth');
  const open = env.auth.signUp === 'open';
  return (
    <>
      <AuthHead title={t('signIn.title')}>{t(open ? 'signIn.introOpen' : 'signIn.intro')}</AuthHead>
      <AuthForm mode="sign-in" next={next} />
      <p className="mt-4 text-sm text-muted">
        {t.rich(open ? 'signIn.newOpen' : 'signIn.new', { link: (words) => <Link href="/sign-up" className="words-link">{words}</Link> })}
      </p>
    </>
  );
}
