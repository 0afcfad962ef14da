import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { awayFrom } from '#db/flow-seen';
import { surroundingsOf } from '#db/flow-surroundings';
import { getFlow } from '#db/flows';
import { listRuns } from '#db/runs';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { Editor } from './_editor/editor';

type Props = { params: Promise<{ flowId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const access = await requireAccess();
  const found = await getFlow(serverContext().database, access, (await params).flowId);
  return { title: found.ok ? found.flow.name : 'Millrace' };
}

export default async function EditorPage({ params }: Props) {
  const access = await requireAccess();
  const { database } = serverContext();
  const found = await getFlow(database, access, (await params).flowId);
  if (!found.ok || !access.user) notFound();
  const { flow } = found;
  const [surroundings, recent, away] = await Promise.all([
    surroundingsOf(database, access, flow.id), listRuns(database, access, { flowId: flow.id, limit: 5 }), awayFrom(database, access, flow.id),
  ]);
  if (!surroundings.ok) notFound();
  const { component, index, published, rights } = surroundings;
  return <Editor key={flow.id} flowId={flow.id} user={access.user} first={flow.definition} surroundings={{ component, index, published, rights }} recent={recent.ok ? recent.items : []} away={away} />;
}
