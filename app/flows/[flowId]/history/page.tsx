import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { cache } from 'react';
import { allows } from '#db/access';
import { listCheckpoints } from '#db/checkpoints';
import { workspaceIndex } from '#db/components';
import { flowEdits, headOf } from '#db/flow-history';
import { getFlow } from '#db/flows';
import { listVersions } from '#db/versions';
import { requireAccess } from '../../../_server/access';
import { serverContext } from '../../../_server/context';
import { FlowHistory } from './flow-history';
import { marksOf } from './marks';

type Props = { params: Promise<{ flowId: string }> };

const flowPage = cache(async (flowId: string) => {
  const access = await requireAccess();
  const { database } = serverContext();
  const found = await getFlow(database, access, flowId);
  if (!found.ok) notFound();
  return { access, database, flow: found.flow };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ flow }, t] = await Promise.all([flowPage((await params).flowId), getTranslations('history')]);
  return { title: t('pageTitle', { name: flow.name }) };
}

/** The first paint holds the newest two thousand edits: weeks of work of a team. Older ones are asked for. */
export default async function HistoryPage({ params }: Props) {
  const { access, database, flow } = await flowPage((await params).flowId);
  const [edits, versions, checkpoints, index, head] = await Promise.all([
    flowEdits(database, access, flow.id, { limit: 2_000 }), listVersions(database, access, flow.id, { limit: 200 }), listCheckpoints(database, access, flow.id), workspaceIndex(database.db, access.workspaceId), headOf(database.db, flow.id),
  ]);
  if (!edits.ok || !versions.ok || !checkpoints.ok) notFound();
  const component = index.components.find((each) => each.id === flow.componentId) ?? { id: flow.componentId, title: flow.componentTitle, fields: [], settings: {} };
  return (
    <FlowHistory key={flow.id} flow={{ id: flow.id, name: flow.name }} component={component} index={index} first={{ seq: head, definition: flow.definition }} page={{ items: edits.items, nextCursor: edits.nextCursor }}
      firstMarks={marksOf(versions.items, checkpoints.items)} me={access.user?.id ?? null} mayEdit={allows(access.role, 'flows.edit')} />
  );
}
