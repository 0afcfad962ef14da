import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import Link from 'next/link';
import { allows } from '#db/access';
import { getWorkspace } from '#db/workspaces';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { PageHead } from '../../_ui/page-head';
import { Section } from '../../_ui/section';
import { Retention } from './retention';
import { WorkspaceLimitsForm } from './workspace-limits';
import { WorkspaceName } from './workspace-name';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('title') };
}

export default async function SettingsPage() {
  const access = await requireAccess();
  const [t, workspace] = await Promise.all([getTranslations('settings'), getWorkspace(serverContext().database, access)]);
  const link = (href: string) => (words: React.ReactNode) => <Link href={href} className="words-link">{words}</Link>;
  return (
    <>
      <PageHead title={t('title')} />
      <Section title={t('workspace')} why={t('workspaceWhy')}><WorkspaceName name={workspace.name} canEdit={allows(access.role, 'settings.manage')} /></Section>
      <Section title={t('limits')} why={t('limitsWhy')}><WorkspaceLimitsForm limits={workspace.limits} canEdit={allows(access.role, 'settings.manage')} /></Section>
      <Section title={t('retention')} why={t('retentionWhy')}>
        <Retention stored={workspace.retention} standardDays={serverContext().env.runRetentionDays} canEdit={allows(access.role, 'settings.manage')} />
      </Section>
      <Section title={t('people')}><p className="px-5 text-sm text-muted">{t.rich('peopleText', { link: link('/people') })}</p></Section>
      <Section title={t('api')}>
        <p className="max-w-160 px-5 text-sm text-muted">{t.rich('apiText', { keys: link('/people'), doc: (words) => <a href="/api/v1/openapi.json" className="words-link">{words}</a> })}</p>
        <p className="mt-2 px-5 text-sm text-muted">{t('id')} <code className="mono rounded-1 bg-sunken px-1 py-0.5 text-text">{workspace.id}</code></p>
      </Section>
    </>
  );
}
