import type * as Y from 'yjs';
import { changesOf } from '#flow/changes';
import { definitionOf, setParam } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import type { Access } from './access';
import { createComponent } from './components';
import { commitUpdates, loadDocument, type UpdateRow } from './flow-documents';
import { createFlow } from './flows';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

/** Two workspaces and a component in the first, for tests of what is kept about a flow. */
export type FlowBench = { database: TestDatabase; here: TestWorkspace; there: TestWorkspace; componentId: string };

export async function flowBench(): Promise<FlowBench> {
  const database = await createTestDatabase();
  const [here, there] = [await insertTestWorkspace(database), await insertTestWorkspace(database)];
  return { database, here, there, componentId: got(await createComponent(database, here.as.editor, { title: 'Things' })).component.id };
}

/** A flow without problems: `stp_1` in `stg_1` takes any model, `stp_2` answers it. */
export const echoDefinition = (name = 'Echo'): FlowDefinition => ({
  schema: 1, kind: 'dataflow', name, settings: { description: 'Gives back what it gets.' },
  lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [
    { id: 'stp_1', type: 'get-raw-model', name: 'Given' }, { id: 'stp_2', type: 'write-response', name: 'Answer', sources: { source: 'stp_1' } },
  ] }] }],
});

export async function insertEcho({ database, here, componentId }: FlowBench, definition: FlowDefinition = echoDefinition(), name = 'Echo'): Promise<string> {
  return got(await createFlow(database, here.as.editor, { componentId, kind: 'dataflow', name, definition })).id;
}

/** An edit as a room writes it: updates and their readable lines in one commit. Answers the moment. */
export async function editFlow({ database }: FlowBench, flowId: string, by: Access, change: (doc: Y.Doc) => void): Promise<number> {
  const { doc, seq } = await loadDocument(database.db, flowId);
  const before = definitionOf(doc);
  const userId = by.user?.id ?? null;
  const updates: UpdateRow[] = [];
  doc.on('update', (payload: Uint8Array) => updates.push({ flowId, seq: seq + updates.length + 1, userId, kind: 'edit', payload }));
  change(doc);
  const last = updates.at(-1)?.seq ?? seq;
  await commitUpdates(database.sql, { flowId, updates, clients: [], changes: changesOf(before, definitionOf(doc)).map((each, idx) => ({ seq: last, idx, userId, ...each })) });
  return last;
}

/** The edit most tests make: another sample in the echo's first step. */
export const setModel = (text: string) => (doc: Y.Doc) => setParam(doc, 'stp_1', 'model', text, 'a person');
