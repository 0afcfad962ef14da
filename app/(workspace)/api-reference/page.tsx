import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { PageHead } from '../../_ui/page-head';
import { openApi } from '../../api/_openapi';
import { ApiReference } from './reference';
import { referenceOf } from './view-model';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('apiReference'))('title') };
}

export default async function ApiReferencePage() {
  await requireAccess();
  const t = await getTranslations('apiReference');
  const reference = referenceOf(openApi((await getLocale()) === 'fr' ? 'fr' : 'en'));
  return (
    <>
      <PageHead title={t('title')} count={reference.operations.length} />
      <ApiReference reference={reference} origin={serverContext().env.publicUrls[0] ?? ''} />
    </>
  );
}
