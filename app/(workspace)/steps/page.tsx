import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { catalogue, groupOrder, groupTitle } from '#flow/catalogue';
import { requireAccess } from '../../_server/access';
import { PageHead } from '../../_ui/page-head';
import { StepList } from './step-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('steps'))('title') };
}

export default async function StepsPage() {
  await requireAccess();
  const [t, locale] = await Promise.all([getTranslations('steps'), getLocale()]);
  const language = locale === 'fr' ? 'fr' : 'en';
  const groups = groupOrder.map((group) => ({
    group, title: groupTitle(group)[language],
    steps: catalogue.filter((each) => each.group === group).map(({ key, kind, id, icon, title, summary }) => ({ key, kind, id, icon, title: title[language], summary: summary[language] })),
  }));
  return (
    <>
      <PageHead title={t('title')} count={catalogue.length} />
      <StepList groups={groups.filter((each) => each.steps.length > 0)} />
    </>
  );
}
