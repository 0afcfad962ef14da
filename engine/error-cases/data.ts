import { eq } from 'drizzle-orm';
import { flows } from '#db/schema/index';
import { sampleComponent } from '#flow/steps/testing';
import { sampleContext } from '#flow/testing-flow';
import type { Json } from '#flow/json';
import { aStep, type EngineTest } from '../testing';
import { designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';
import { deepRun, deniedRun, keyedComponent } from './situations';

/** Steps over stored entries, the deferred pair, and calls of other flows. */
type Params = { [key: string]: Json };
const given = aStep('given', 'get-raw-model');
const reading = (type: string, params: Params) => [given, aStep('read', type, params, 'given')];
const code = { type: 'string' as const, name: 'code', title: 'Code', primaryKey: true };
const keyed = { ...sampleComponent, fields: [...sampleComponent.fields, code] };
const keyedContext = { ...sampleContext, index: { ...sampleContext.index, components: [keyed] } };
const byYear = { component: 'cmp_1', dstField: 'found', filter: { all: [{ field: 'price', operator: 'greater', value: { const: 'x' } }] } };

const denied = (type: string, params: (engine: EngineTest) => Promise<Params> | Params) => async (lab: Lab) => deniedRun(lab, reading(type, await params(await lab.engine())), { id: 1, code: 'A' });

async function deferring(lab: Lab, input: Json, params: Params = {}) {
  const component = await keyedComponent(await lab.engine());
  return lab.run([given, aStep('queue', 'deferred-update-entry', { component, ...params }, 'given'), aStep('apply', 'apply-deferred-update-operations')], { input });
}

async function droppedComponent(lab: Lab) {
  const engine = await lab.engine();
  const component = await keyedComponent(engine);
  const flow = [given, aStep('queue', 'deferred-update-entry', { component }, 'given'), aStep('drop', 'execute-dataflow', { component: engine.componentId, dataflow: await answering(engine) }, 'queue'), aStep('apply', 'apply-deferred-update-operations', {}, 'drop')];
  // The component goes while the run waits for the flow it calls.
  await engine.database.sql`create or replace function drop_component() returns trigger language plpgsql as $$ begin update components set deleted_at = now() where id = tg_argv[0]; return new; end $$`;
  await engine.database.sql.unsafe(`create trigger drop_component after insert on run_effects for each row when (new.kind = 'dataflow') execute function drop_component('${component}')`);
  try {
    return await lab.run(flow, { input: { code: 'A' } });
  } finally {
    await engine.database.sql`drop trigger drop_component on run_effects`;
  }
}

const answering = (engine: EngineTest) => engine.insertFlow([given, aStep('answer', 'write-response', {}, 'given')]);
const failing = (engine: EngineTest) => engine.insertFlow([given, aStep('math', 'simple-math', { operations: [{ left: { const: 1 }, op: '/', right: { const: 0 }, resultField: 'q' }] }, 'given')]);
const unpublished = async (engine: EngineTest) => {
  const flowId = await answering(engine);
  await engine.database.db.update(flows).set({ publishedVersionId: null }).where(eq(flows.id, flowId));
  return flowId;
};

const calling = async (engine: EngineTest, dataflow: string, more: Params = {}) => [given, aStep('call', 'execute-dataflow', { component: engine.componentId, dataflow, ...more }, 'given')];
const workflowCalling = (dataflow: string) => [aStep('call', 'execute-dataflow', { dataflow })];
const called = (called: (engine: EngineTest) => Promise<string>) => async (lab: Lab) => lab.run(await calling(await lab.engine(), await called(await lab.engine())), { input: {} });
const calledByWorkflow = (called: (engine: EngineTest) => Promise<string>) => async (lab: Lab) => lab.run(workflowCalling(await called(await lab.engine())), { kind: 'workflow', input: { data: { user_name: 'Ana' } } });

export const dataCases: ErrorCase[] = [
  stepCase('dataflow/get-workflow-model', 'NOT_CALLED_FROM_WORKFLOW', 'a person started it', {}, {}, { caller: { data: {} } }),
  designCase('dataflow/get-workflow-model', 'STEP_NOT_ALLOWED_HERE', 'another step takes the caller’s model', {}, { flow: [{ id: 'first', type: 'get-raw-model' }, { id: 'tested', type: 'get-workflow-model' }] }),
  stepCase('dataflow/get-workflow-model', 'VALIDATION_FAILED', 'a required field is empty', { validateInput: true }, {}, { caller: { data: {} }, trigger: 'workflow' }),

  ...['query-entity-by-filter', 'get-entity-by-id', 'lookup-reference'].map((id) => designCase(`dataflow/${id}`, 'COMPONENT_NOT_FOUND', 'the component was deleted', { component: 'gone' })),
  runCase('dataflow/query-entity-by-filter', 'COMPONENT_NOT_FOUND', 'the component was deleted meanwhile', (lab) => lab.run(reading('query-entity-by-filter', { component: 'gone', dstField: 'x' }), { input: {} })),
  designCase('dataflow/query-entity-by-filter', 'TYPE_MISMATCH', 'a constant is not of the field’s type', byYear),
  runCase('dataflow/query-entity-by-filter', 'TYPE_MISMATCH', 'a value of the item is not of the field’s type', async (lab) => lab.run(reading('query-entity-by-filter', { component: (await lab.engine()).componentId, dstField: 'x', filter: { all: [{ field: 'state', operator: 'equal', value: { field: 's' } }] } }), { input: { s: 'soon' } })),
  runCase('dataflow/query-entity-by-filter', 'ACCESS_DENIED', 'its starter has left the workspace', denied('query-entity-by-filter', ({ componentId }) => ({ component: componentId, dstField: 'x' }))),
  runCase('dataflow/query-entity-by-filter', 'LIMIT_EXCEEDED', 'more is found than a step may find', async (lab) => {
    const engine = await lab.engine();
    const component = await keyedComponent(engine);
    await engine.database.sql`insert into entries (component_id, id, data) select ${component}, n, '{}'::jsonb from generate_series(1, 10000) n`;
    const filter = { all: [{ field: 'id', operator: 'greater', value: { field: 'n' } }] };
    return lab.run([given, aStep('read', 'query-entity-by-filter', { component, dstField: 'x', filter, limit: 10_000 }, 'given')], { input: Array.from({ length: 16 }, (_, n) => ({ n: -n })) });
  }),
  stepCase('dataflow/get-entity-by-id', 'TYPE_MISMATCH', 'the field holds no id', { component: 'cmp_1', srcField: 'id', dstField: 'x' }, { source: [{ id: 'abc' }] }),
  runCase('dataflow/get-entity-by-id', 'ACCESS_DENIED', 'its starter has left the workspace', denied('get-entity-by-id', ({ componentId }) => ({ component: componentId, srcField: 'id', dstField: 'x' }))),
  designCase('dataflow/lookup-reference', 'PRIMARY_KEY_MISSING', 'the component has no key', { component: 'cmp_1', fieldName: 'x' }),
  stepCase('dataflow/lookup-reference', 'PRIMARY_KEY_MISSING', 'the component lost its key', { component: 'cmp_1', fieldName: 'x' }, { source: [{ code: 'A' }] }),
  designCase('dataflow/lookup-reference', 'PARAM_INVALID', 'a mapped field is no key', { component: 'cmp_1', fieldName: 'x', keys: [{ target: 'note', value: { const: 'a' } }] }, { context: keyedContext }),
  stepCase('dataflow/lookup-reference', 'TYPE_MISMATCH', 'a value is not of the key’s type', { component: 'cmp_1', fieldName: 'x' }, { source: [{ code: { a: 1 } }] }, { component: keyed }),
  runCase('dataflow/lookup-reference', 'ACCESS_DENIED', 'its starter has left the workspace', denied('lookup-reference', async (engine) => ({ component: await keyedComponent(engine), fieldName: 'x' }))),
  designCase('dataflow/load-catalogs-by-key', 'TYPE_MISMATCH', 'the field is no reference', { fields: ['rows'] }, { model: { rows: [1] } }),
  runCase('dataflow/load-catalogs-by-key', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => {
    const { componentId } = await lab.engine();
    return deniedRun(lab, [aStep('given', 'get-action-model'), aStep('read', 'load-catalogs-by-key', { fields: ['creatorSubject'] }, 'given')], { creatorSubject: { id: componentId, name: null }, data: {} });
  }),

  designCase('dataflow/deferred-update-entry', 'COMPONENT_NOT_FOUND', 'the component was deleted', { component: 'gone' }),
  designCase('dataflow/deferred-update-entry', 'PARAM_REQUIRED', 'deletion has no key', { component: 'cmp_1', markForDeletion: true }),
  designCase('dataflow/deferred-update-entry', 'PARAM_INVALID', 'the component is in proxy mode', { component: 'cmp_proxy' }),
  runCase('dataflow/deferred-update-entry', 'TYPE_MISMATCH', 'a value is not of the field’s type', (lab) => deferring(lab, { code: 'A', price: 'much' })),
  runCase('dataflow/deferred-update-entry', 'ACCESS_DENIED', 'its starter has left the workspace', denied('deferred-update-entry', async (engine) => ({ component: await keyedComponent(engine) }))),
  runCase('dataflow/deferred-update-entry', 'LIMIT_EXCEEDED', 'the queue of the run is full', async (lab) => {
    const component = await keyedComponent(await lab.engine());
    const rows = [given, aStep('rows', 'extract-collection', { modelPath: 'rows' }, 'given')];
    return lab.run([...rows, aStep('one', 'deferred-update-entry', { component }, 'rows'), aStep('two', 'deferred-update-entry', { component }, 'rows')], { input: { rows: Array.from({ length: 50_001 }, () => ({ code: 'A' })) } });
  }),
  runCase('dataflow/apply-deferred-update-operations', 'VALIDATION_FAILED', 'a value breaks a rule of the model', (lab) => deferring(lab, { code: 'A', price: -1 })),
  runCase('dataflow/apply-deferred-update-operations', 'DUPLICATE_KEY', 'two operations make one key', (lab) => deferring(lab, [{ code: 'A' }, { code: 'A' }])),
  runCase('dataflow/apply-deferred-update-operations', 'ENTRY_NOT_FOUND', 'there is no entry of that id', (lab) => deferring(lab, { id: 99, code: 'A' }, { keyField: 'id' })),
  runCase('dataflow/apply-deferred-update-operations', 'COMPONENT_NOT_FOUND', 'the component was deleted meanwhile', droppedComponent),
  runCase('dataflow/apply-deferred-update-operations', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => deniedRun(lab, [given, aStep('apply', 'apply-deferred-update-operations')], {})),

  designCase('dataflow/execute-dataflow', 'COMPONENT_NOT_FOUND', 'the component was deleted', { component: 'gone', dataflow: 'flw_data' }),
  stepCase('dataflow/execute-dataflow', 'COMPONENT_NOT_FOUND', 'the component was deleted meanwhile', { component: 'gone', dataflow: 'flw_data' }, { source: [{}] }),
  designCase('dataflow/execute-dataflow', 'FLOW_NOT_FOUND', 'the flow was deleted', { component: 'cmp_1', dataflow: 'gone' }),
  runCase('dataflow/execute-dataflow', 'FLOW_NOT_FOUND', 'the flow was deleted meanwhile', called(async () => 'gone')),
  runCase('dataflow/execute-dataflow', 'NOT_PUBLISHED', 'the flow was unpublished', called(unpublished)),
  runCase('dataflow/execute-dataflow', 'SUBFLOW_FAILED', 'the called flow fails', called(failing)),
  stepCase('dataflow/execute-dataflow', 'NOT_AN_ARRAY', 'the value is no array', { component: 'cmp_1', dataflow: 'flw_data', itemsField: 'rows' }, { source: [{ rows: 5 }] }),
  stepCase('dataflow/execute-dataflow', 'LIMIT_EXCEEDED', 'more calls are asked for than a step may make', { component: 'cmp_1', dataflow: 'flw_data', itemsField: 'rows' }, { source: [{ rows: Array.from({ length: 10_001 }, () => 1) }] }),
  runCase('dataflow/execute-dataflow', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => deniedRun(lab, await calling(await lab.engine(), await answering(await lab.engine())), {})),
  runCase('dataflow/execute-dataflow', 'RECURSION_LIMIT', 'flows are nested too deep', async (lab) => deepRun(lab, await calling(await lab.engine(), await answering(await lab.engine())), {})),

  designCase('workflow/execute-dataflow', 'FLOW_NOT_FOUND', 'the flow was deleted', { dataflow: 'gone' }),
  runCase('workflow/execute-dataflow', 'FLOW_NOT_FOUND', 'the flow was deleted meanwhile', calledByWorkflow(async () => 'gone')),
  runCase('workflow/execute-dataflow', 'NOT_PUBLISHED', 'the flow was unpublished', calledByWorkflow(unpublished)),
  runCase('workflow/execute-dataflow', 'SUBFLOW_FAILED', 'the called flow fails', calledByWorkflow(failing)),
  runCase('workflow/execute-dataflow', 'ACCESS_DENIED', 'its starter has left the workspace', async (lab) => deniedRun(lab, workflowCalling(await answering(await lab.engine())), { data: { user_name: 'Ana' } }, 'workflow')),
  runCase('workflow/execute-dataflow', 'RECURSION_LIMIT', 'flows are nested too deep', async (lab) => deepRun(lab, workflowCalling(await answering(await lab.engine())), { data: { user_name: 'Ana' } }, 'workflow')),
];
