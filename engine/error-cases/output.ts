import { eq } from 'drizzle-orm';
import { updateEntry } from '#db/entries';
import { flows } from '#db/schema/index';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { aStep, type EngineTest } from '../testing';
import { designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';
import { deepRun, deniedRun, keyedComponent, storedEntry } from './situations';

const given = aStep('given', 'get-raw-model');
const written = (componentId: string, params: { [key: string]: Json } = {}) => [given, aStep('write', 'update-entry', { component: componentId, ...params }, 'given')];

async function writing(lab: Lab, input: Json, params: { [key: string]: Json } = {}, before: (engine: EngineTest, componentId: string) => Promise<Json> = async () => input) {
  const engine = await lab.engine();
  const componentId = await keyedComponent(engine);
  return lab.run(written(componentId, params), { input: await before(engine, componentId) });
}

const saves = [aStep('save', 'update-model')];

async function starting(lab: Lab, input: Json, workflow: (engine: EngineTest) => Promise<string>, more: { [key: string]: Json } = {}) {
  const engine = await lab.engine();
  return lab.run([given, aStep('start', 'execute-workflow', { component: engine.componentId, workflow: await workflow(engine), ...more }, 'given')], { input });
}

const saving = (engine: EngineTest) => engine.insertFlow(saves, { kind: 'workflow' });

export const outputCases: ErrorCase[] = [
  designCase('dataflow/update-entry', 'COMPONENT_NOT_FOUND', 'the component was deleted', { component: 'gone' }),
  stepCase('dataflow/update-entry', 'COMPONENT_NOT_FOUND', 'the component was deleted meanwhile', { component: 'gone' }, { source: [{}] }),
  designCase('dataflow/update-entry', 'PARAM_REQUIRED', 'deletion has no key', { component: 'cmp_1', markForDeletion: true }),
  designCase('dataflow/update-entry', 'PARAM_INVALID', 'the component is in proxy mode', { component: 'cmp_proxy' }),
  runCase('dataflow/update-entry', 'ENTRY_NOT_FOUND', 'there is no entry of that id', (lab) => writing(lab, { id: 99, price: 1 }, { keyField: 'id' })),
  runCase('dataflow/update-entry', 'VALIDATION_FAILED', 'a required field is empty', (lab) => writing(lab, { price: 1 })),
  runCase('dataflow/update-entry', 'VALIDATION_FAILED', 'a number is out of range', (lab) => writing(lab, { code: 'A', price: -1 })),
  runCase('dataflow/update-entry', 'DUPLICATE_KEY', 'another entry has the key', (lab) => writing(lab, null, {}, async (engine, componentId) => ({ code: (await storedEntry(engine, componentId, { code: 'A' })).data['code'] ?? null }))),
  stepCase('dataflow/update-entry', 'TYPE_MISMATCH', 'the key is no id', { component: 'cmp_1', keyField: 'k' }, { source: [{ k: 'abc' }] }),
  designCase('dataflow/update-entry', 'TYPE_MISMATCH', 'a constant is not of the field’s type', { component: 'cmp_1', fieldsMapping: [{ target: 'price', value: { const: 'x' } }] }),
  runCase('dataflow/update-entry', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => deniedRun(lab, written((await lab.engine()).componentId), { user_name: 'Ana' })),
  runCase('dataflow/update-entry', 'CONFLICT', 'somebody changed the field since it was loaded', (lab) => writing(lab, null, { keyField: 'id' }, async (engine, componentId) => {
    const { id, updateDate } = await storedEntry(engine, componentId, { code: 'A', price: 1 });
    await updateEntry(engine.database, engine.access, componentId, id, { data: { price: 2 } });
    return { id, updateDate, price: 3 };
  })),

  runCase('dataflow/write-response', 'LIMIT_EXCEEDED', 'the answer is larger than 5 MB', (lab) => lab.run([given, aStep('rows', 'extract-collection', { modelPath: 'rows' }, 'given'), aStep('answer', 'write-response', {}, 'rows')], { input: { rows: Array.from({ length: 60 }, () => ({ text: 'x'.repeat(100_000) })) } })),

  runCase('dataflow/export-to-file', 'FILE_TOO_LARGE', 'the file is larger than 1 MB', (lab) => lab.run([given, aStep('file', 'export-to-file', { fileType: 'json', fileName: { const: 'large' } }, 'given')], { input: { text: 'x'.repeat(1_100_000) } })),
  stepCase('dataflow/export-to-file', 'PARAM_INVALID', 'the name holds a slash', { fileName: { const: 'a/b' } }, { source: [{ a: 1 }] }),

  designCase('dataflow/execute-workflow', 'COMPONENT_NOT_FOUND', 'the component was deleted', { component: 'gone', workflow: 'flw_done' }),
  stepCase('dataflow/execute-workflow', 'COMPONENT_NOT_FOUND', 'the component was deleted meanwhile', { component: 'gone', workflow: 'flw_done' }, { source: [{}] }),
  designCase('dataflow/execute-workflow', 'FLOW_NOT_FOUND', 'the workflow was deleted', { component: 'cmp_1', workflow: 'gone' }),
  runCase('dataflow/execute-workflow', 'FLOW_NOT_FOUND', 'the workflow was deleted meanwhile', (lab) => starting(lab, { user_name: 'Ana' }, async () => 'gone')),
  designCase('dataflow/execute-workflow', 'NOT_PUBLISHED', 'the workflow has no version', { component: 'cmp_1', workflow: 'flw_draft' }),
  runCase('dataflow/execute-workflow', 'NOT_PUBLISHED', 'the workflow was unpublished', (lab) => starting(lab, { user_name: 'Ana' }, async (engine) => {
    const flowId = await saving(engine);
    await engine.database.db.update(flows).set({ publishedVersionId: null }).where(eq(flows.id, flowId));
    return flowId;
  })),
  runCase('dataflow/execute-workflow', 'ENTRY_NOT_FOUND', 'there is no entry of that id', (lab) => starting(lab, { entry: 999_999 }, saving, { entryField: 'entry' })),
  runCase('dataflow/execute-workflow', 'VALIDATION_FAILED', 'the data is incomplete', (lab) => starting(lab, { state: 1 }, saving)),
  stepCase('dataflow/execute-workflow', 'TYPE_MISMATCH', 'the field holds no entry', { component: 'cmp_1', workflow: 'flw_done', entryField: 'e' }, { source: [{ e: 'abc' }] }),
  runCase('dataflow/execute-workflow', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => {
    const engine = await lab.engine();
    return deniedRun(lab, [given, aStep('start', 'execute-workflow', { component: engine.componentId, workflow: await saving(engine) }, 'given')], { user_name: 'Ana' });
  }),
  runCase('dataflow/execute-workflow', 'WORKFLOW_ALREADY_RUNNING', 'it works on the entry already', async (lab) => {
    const engine = await lab.engine();
    const { id } = await storedEntry(engine, engine.componentId, { user_name: 'Ana' });
    const flowId = await saving(engine);
    await engine.database.sql`insert into instances (id, workspace_id, component_id, flow_id, entry_id, state) values (${newId('wfi')}, ${engine.access.workspaceId}, ${engine.componentId}, ${flowId}, ${id}, 'waiting')`;
    return starting(lab, { entry: id }, async () => flowId, { entryField: 'entry' });
  }),
  runCase('dataflow/execute-workflow', 'WORKFLOW_FAILED', 'the awaited workflow fails', (lab) => starting(lab, { user_name: 'Ana' }, (engine) => engine.insertFlow([aStep('set', 'update-model-field', { modelField: 'gone', value: 1 })], { kind: 'workflow' }), { waitComplete: true })),
  runCase('dataflow/execute-workflow', 'RECURSION_LIMIT', 'flows are nested too deep', async (lab) => {
    const engine = await lab.engine();
    return deepRun(lab, [given, aStep('start', 'execute-workflow', { component: engine.componentId, workflow: await saving(engine) }, 'given')], { user_name: 'Ana' });
  }),
];
