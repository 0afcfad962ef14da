import type { Database } from '#db/client';
import type { Access } from '#db/access';
import { readEnv } from '#db/env';
import { flows, flowVersions, components } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { insertTestWorkspace } from '#db/testing-workspace';
import type { ComponentField } from '#flow/component-model';
import { flowDefinition, type FlowDefinition, type FlowSettings, type Lane, type Step } from '#flow/flow';
import { newId } from '#flow/id';
import type { Json } from '#flow/json';
import { getRun, requestRun, waitForRun, type RunOptions } from '#db/runs';
import { checkAllRuns } from './check-run';
import { startEngine, type RunningEngine } from './main';

/** A database, a workspace and as many engines as a test asks for; `close` checks every run against the rules. */
export type EngineTest = {
  database: TestDatabase;
  access: Access;
  componentId: string;
  start(): Promise<RunningEngine>;
  insertFlow(steps: Step[], options?: { kind?: 'dataflow' | 'workflow'; lanes?: Lane[]; name?: string; settings?: FlowSettings }): Promise<string>;
  run(flowId: string, options?: RunOptions): Promise<string>;
  finished(runId: string, seconds?: number): Promise<Awaited<ReturnType<typeof runOf>>>;
  settle(): Promise<void>;
  close(): Promise<void>;
};

process.env['SECRET_KEY'] ??= 'a secret of the tests, long enough to be one';

export async function engineTest(fields: ComponentField[] = [{ name: 'user_name', title: 'Name', type: 'string', required: true }, { name: 'state', title: 'State', type: 'integer' }]): Promise<EngineTest> {
  const database = await createTestDatabase();
  const { as } = await insertTestWorkspace(database);
  const access = as.owner;
  const componentId = newId('cmp');
  await database.db.insert(components).values({ id: componentId, workspaceId: access.workspaceId, title: 'People', fields });
  const engines: RunningEngine[] = [];
  const settle = async () => {
    const { sql } = database;
    for (let tries = 0; tries < 200; tries++) {
      const [open] = await sql`select 1 from run_slots where state <> 'waiting' limit 1`;
      if (!open) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  return {
    database, access, componentId, settle,
    start: async () => {
      const engine = await startEngine({ env: readEnv({ SECRET_KEY: process.env['SECRET_KEY'] }), database, connectionUrl: database.url });
      engines.push(engine);
      return engine;
    },
    insertFlow: (steps, options) => insertFlow(database, access, componentId, steps, options),
    run: async (flowId, options) => {
      const requested = await requestRun(database, access, flowId, options);
      if (!requested.ok) throw new Error(`${requested.failure.code}: ${requested.failure.message}`);
      return requested.runId;
    },
    finished: async (runId, seconds = 60) => {
      const waited = await waitForRun(database, access, runId, seconds);
      if (!waited.ok || !waited.ended) throw new Error(`run ${runId} did not end in ${seconds} s: ${JSON.stringify(waited)}`);
      return runOf(database, access, runId);
    },
    close: async () => {
      await Promise.all(engines.map((each) => each.close()));
      try {
        await checkAllRuns(database);
      } finally {
        await database.drop();
      }
    },
  };
}

async function runOf(database: Database, access: Access, runId: string) {
  const found = await getRun(database, access, runId);
  if (!found.ok) throw new Error(found.failure.message);
  return found.run;
}

async function insertFlow(database: Database, access: Access, componentId: string, steps: Step[], { kind = 'dataflow', lanes = [], name = 'Flow', settings = {} }: { kind?: 'dataflow' | 'workflow'; lanes?: Lane[]; name?: string; settings?: FlowSettings } = {}): Promise<string> {
  const definition: FlowDefinition = flowDefinition.parse({ schema: 1, kind, name, settings, lanes: [{ id: 'main', stages: [{ id: 'stg', name: 'Stage', steps }] }, ...lanes] });
  const [flowId, versionId] = [newId('flw'), newId('ver')];
  await database.db.insert(flows).values({ id: flowId, workspaceId: access.workspaceId, componentId, kind, name, publishedVersionId: versionId });
  await database.db.insert(flowVersions).values({ id: versionId, flowId, number: 1, contentHash: versionId, definition });
  return flowId;
}

export function aStep(id: string, type: string, params: { [key: string]: Json } = {}, source?: string): Step {
  return { id, type, name: id, params, ...(source === undefined ? {} : { sources: { source } }) };
}

/** `count` steps in a row that do next to nothing. */
export function chain(count: number): Step[] {
  return Array.from({ length: count }, (_, at) => (at === 0 ? aStep('s1', 'get-raw-model') : aStep(`s${at + 1}`, 'distinct', {}, `s${at}`)));
}
