import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { allows } from '#db/access';
import { workspaceIndex } from '#db/components';
import { listMembers } from '#db/members';
import { listRuns } from '#db/run-list';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { filterOf, queryOf } from './runs-filter';
import { RunsList } from './runs-list';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('runs'))('title') };
}

type Params = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function RunsPage({ searchParams }: Params) {
  const access = await requireAccess();
  const { database } = serverContext();
  const given = Object.entries(await searchParams).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
  const filter = filterOf(new URLSearchParams(given));
  const [found, index, people] = await Promise.all([
    listRuns(database, access, { ...queryOf(filter, Date.now()), limit: 50 }),
    workspaceIndex(database.db, access.workspaceId),
    listMembers(database, access),
  ]);
  const flows = index.flows.map(({ id, name }) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <RunsList first={found.ok ? { items: found.items, nextCursor: found.nextCursor } : { items: [], nextCursor: null }} flows={flows}
      people={people.map(({ id, name }) => ({ id, name }))} me={access.user?.id ?? null} canControl={allows(access.role, 'runs.control')} />
  );
}
