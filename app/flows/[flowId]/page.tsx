import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { allows } from '#db/access';
import { getComponent, workspaceIndex } from '#db/components';
import { awayFrom } from '#db/flow-seen';
import { getFlow } from '#db/flows';
import { listRuns } from '#db/runs';
import { getVersion } from '#db/versions';
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
  const [component, index, recent, published, away] = await Promise.all([
    getComponent(database, access, flow.componentId), workspaceIndex(database.db, access.workspaceId), listRuns(database, access, { flowId: flow.id, limit: 5 }),
    flow.publishedVersion === null ? null : getVersion(database, access, flow.id, flow.publishedVersion), awayFrom(database, access, flow.id),
  ]);
  if (!component.ok) notFound();
  const { id, title, fields, settings } = component.component;
  return (
    <Editor
      key={flow.id} flowId={flow.id} user={access.user} first={flow.definition} component={{ id, title, fields, settings }} index={index}
      published={published?.ok ? { number: published.version.number, definition: published.version.definition } : null} recent={recent.ok ? recent.items : []}
      rights={{ edit: allows(access.role, 'flows.edit'), run: allows(access.role, 'runs.start'), control: allows(access.role, 'runs.control'), publish: allows(access.role, 'flows.publish'), lend: allows(access.role, 'people.manage') }} away={away}
    />
  );
}
