import { setTimeout as pause } from 'node:timers/promises';
import { writeEntry } from '#db/entries';
import { getRun } from '#db/runs';
import type { EntryWrite } from '#flow/steps/capabilities';
import type { Json } from '#flow/json';
import { aStep, type EngineTest } from '../testing';
import { designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';
import { codesOfRun, deniedRun, keyedComponent, storedEntry } from './situations';

const save = aStep('save', 'update-model');

/** A workflow of a component with a primary key, started for a new entry. */
async function saving(lab: Lab, data: { [field: string]: Json }, before: (engine: EngineTest, componentId: string) => Promise<unknown> = async () => {}) {
  const engine = await lab.engine();
  const componentId = await keyedComponent(engine);
  await before(engine, componentId);
  const flowId = await engine.insertFlow([save], { kind: 'workflow' });
  await engine.database.sql`update flows set component_id = ${componentId} where id = ${flowId}`;
  return codesOfRun(engine, await engine.run(flowId, { input: { data } }));
}

/** The run has loaded its entry and waits for the lock of somebody who changes it. */
async function meanwhile(lab: Lab, change: Pick<EntryWrite, 'remove' | 'data'>) {
  const engine = await lab.engine();
  const { database, access, componentId } = engine;
  const { id: entryId } = await storedEntry(engine, componentId, { user_name: 'Ana', state: 0 });
  const flowId = await engine.insertFlow([aStep('set', 'update-model-field', { modelField: 'state', value: 1 }), save], { kind: 'workflow' });
  const runId = await database.db.transaction(async (tx) => {
    await writeEntry(tx, { workspaceId: access.workspaceId, userId: null }, { componentId, entryId, noTracking: false, ...change });
    const begun = await engine.run(flowId, { entryId });
    for (let tries = 0; tries < 500; tries++) {
      const found = await getRun(database, access, begun);
      if (found.ok && found.run.steps['save']?.status === 'running') return begun;
      await pause(10);
    }
    throw new Error('the run did not reach its save');
  });
  return codesOfRun(engine, runId);
}

export const workflowCases: ErrorCase[] = [
  stepCase('workflow/update-model', 'VALIDATION_FAILED', 'a value breaks a rule of the model', {}, { source: [{ id: 0, data: { price: -1 } }] }),
  runCase('workflow/update-model', 'DUPLICATE_KEY', 'another entry has the key', (lab) => saving(lab, { code: 'A' }, (engine, componentId) => storedEntry(engine, componentId, { code: 'A' }))),
  runCase('workflow/update-model', 'CONFLICT', 'somebody changed the field meanwhile', (lab) => meanwhile(lab, { remove: false, data: { state: 2 } })),
  runCase('workflow/update-model', 'ENTRY_NOT_FOUND', 'the entry was deleted meanwhile', (lab) => meanwhile(lab, { remove: true, data: {} })),
  runCase('workflow/update-model', 'ACCESS_DENIED', 'its starter has left the workspace', (lab) => deniedRun(lab, [save], { data: { user_name: 'Ana' } }, 'workflow')),

  stepCase('workflow/update-model-field', 'TYPE_MISMATCH', 'the source is not of the field’s type', { modelField: 'price', sourceField: 'note' }, { source: [{ data: { note: 'many' } }] }),
  designCase('workflow/update-model-field', 'TYPE_MISMATCH', 'the value is not of the field’s type', { modelField: 'price', value: 'x' }),
  stepCase('workflow/update-model-field', 'VALIDATION_FAILED', 'the value is none of the choices', { modelField: 'state', value: 9 }, { source: [{ data: {} }] }),
  designCase('workflow/update-model-field', 'VALIDATION_FAILED', 'a required field is emptied', { modelField: 'user_name', value: null }),
  designCase('workflow/update-model-field', 'PARAM_INVALID', 'the target is a system field', { modelField: 'updateDate', value: 1 }),
  designCase('workflow/update-model-field', 'PARAM_REQUIRED', 'there is neither value nor source', { modelField: 'price' }),
];
