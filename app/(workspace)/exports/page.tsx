import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { listExports } from '#db/exports';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { ExportsList } from './exports-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('exports'))('title') };
}

export default async function Exports() {
  const access = await requireAccess();
  const found = await listExports(serverContext().database, access, { limit: 50 });
  return <ExportsList first={found.ok ? { items: found.items, nextCursor: found.nextCursor } : { items: [], nextCursor: null }} />;
}
