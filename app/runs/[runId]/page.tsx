import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { cache } from 'react';
import { allows } from '#db/access';
import { workspaceIndex } from '#db/components';
import { getRun, runEvents } from '#db/run-view';
import { shortRunName } from '#flow/id';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { Replay } from './replay';

type Props = { params: Promise<{ runId: string }> };

const runPage = cache(async (runId: string) => {
  const access = await requireAccess();
  const { database } = serverContext();
  const found = await getRun(database, access, runId, { definition: true });
  if (!found.ok || !found.run.definition) notFound();
  const { definition, ...run } = found.run;
  return { access, database, run, definition };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { runId } = await params;
  const t = await getTranslations('replay');
  return { title: t('title', { name: shortRunName(runId) }) };
}

/** One run on the version that ran. First paint holds the first thousand events, the socket brings the rest and what follows. */
export default async function ReplayPage({ params }: Props) {
  const { access, database, run, definition } = await runPage((await params).runId);
  const [events, index] = await Promise.all([runEvents(database, access, run.id, { after: 0, limit: 1_000 }), workspaceIndex(database.db, access.workspaceId)]);
  const component = index.components.find((each) => each.id === run.componentId) ?? { id: run.componentId, title: '', fields: [], settings: {} };
  return (
    <Replay key={run.id} run={run} definition={definition} component={component} index={index} firstEvents={events.ok ? events.items : []}
      me={access.user?.id ?? null} canControl={allows(access.role, 'runs.control')} />
  );
}
