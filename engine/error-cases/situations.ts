import { sql } from 'drizzle-orm';
import { createEntry } from '#db/entries';
import { requestRun, requestRunIn } from '#db/runs';
import { deepestNesting } from '#db/run-workflow';
import { components, user } from '#db/schema/index';
import type { ComponentField } from '#flow/component-model';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import type { EngineTest } from '../testing';
import type { Lab } from './error-case';

/** Situations that several steps fail in. */
type Steps = Parameters<Lab['run']>[0];

const keyed: ComponentField[] = [{ name: 'code', title: 'Code', type: 'string', primaryKey: true, required: true }, { name: 'price', title: 'Price', type: 'number', min: 0 }];

/** A component with a primary key, fresh for each case. */
export async function keyedComponent({ database, access }: EngineTest, fields: ComponentField[] = keyed): Promise<string> {
  const id = newId('cmp');
  await database.db.insert(components).values({ id, workspaceId: access.workspaceId, title: 'Prices', fields });
  return id;
}

export async function storedEntry({ database, access }: EngineTest, componentId: string, data: { [field: string]: Json }) {
  const made = await createEntry(database, access, componentId, { data });
  if (!made.ok) throw new Error(made.failure.message);
  return made.entry;
}

/** The run of somebody who is no member of the workspace any more. */
export async function deniedRun(lab: Lab, steps: Steps, input: Json, kind: 'dataflow' | 'workflow' = 'dataflow') {
  const engine = await lab.engine();
  const person = { id: newId('usr'), name: 'Gone' };
  await engine.database.db.insert(user).values({ ...person, email: `${person.id}@example.com` });
  const requested = await requestRun(engine.database, { ...engine.access, user: person }, await engine.insertFlow(steps, { kind }), { input });
  if (!requested.ok) throw new Error(requested.failure.message);
  return codesOfRun(engine, requested.runId);
}

/** A run that stands as deep as runs may. */
export async function deepRun(lab: Lab, steps: Steps, input: Json, kind: 'dataflow' | 'workflow' = 'dataflow') {
  const engine = await lab.engine();
  const flowId = await engine.insertFlow(steps, { kind });
  const runId = await engine.database.db.transaction(async (tx) => {
    const made = await requestRunIn(tx, engine.access, flowId, { input });
    await tx.execute(sql`update runs set depth = ${deepestNesting} where id = ${made.runId}`);
    return made.runId;
  });
  return codesOfRun(engine, runId);
}

export async function codesOfRun(engine: EngineTest, runId: string) {
  const run = await engine.finished(runId);
  return run.error ? [run.error.code] : [];
}
