import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { redirect } from 'next/navigation';
import { listSessions } from '#db/sessions';
import { currentUser, requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { LanguageSwitch } from '../../_ui/language-switch';
import { PageHead } from '../../_ui/page-head';
import { Section } from '../../_ui/section';
import { ThemeChoice } from '../../_ui/theme-choice';
import { AccountName } from './account-name';
import { PasswordForm } from './password-form';
import { Sessions } from './sessions';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('title') };
}

export default async function AccountPage() {
  await requireAccess();
  const person = await currentUser();
  if (!person) redirect('/sign-in');
  const [t, sessions] = await Promise.all([getTranslations('account'), listSessions(serverContext().database, person.user.id, person.sessionId)]);
  return (
    <>
      <PageHead title={t('title')} />
      <Section title={t('profile')} why={person.user.email}><AccountName name={person.user.name} /></Section>
      <Section title={t('display')}><div className="flex flex-wrap items-center gap-4 px-5"><LanguageSwitch /><ThemeChoice /></div></Section>
      <Section title={t('password')} why={t('passwordWhy')}><PasswordForm email={person.user.email} /></Section>
      <Section title={t('sessions')} why={t('sessionsWhy')}><Sessions sessions={sessions} /></Section>
    </>
  );
}
