import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { flowVersions, workspaces } from '#db/schema/index';
import { flowDefinition } from '#flow/flow';
import { newId, newRunId } from '#flow/id';
import { insertFlow, join as joinWorkspace, signUp, testEnv, type Person } from '../collab-server/testing';

/** The product's web process as it is built, on a database of its own, and Chromium signed in as somebody who may edit. */
export type Product = {
  url: string;
  database: TestDatabase;
  user: Person;
  page: Page;
  /** A flow of so many steps with a published version, each step reading the one before it. */
  insertFlow(name: string, stages: number, stepsPerStage: number): Promise<string>;
  /** A run that is going on, with its first event. */
  insertRun(flowId: string): Promise<string>;
  insertEvents(runId: string, events: readonly { seq: number; type: string; stepId: string | null; data: object }[]): Promise<void>;
  close(): Promise<void>;
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export async function startProduct(): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-product-'));
  const database = await createTestDatabase();
  const env = await testEnv(database.url);
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Bench' });
  const user = await signUp(database, env, 'Bench');
  await joinWorkspace(database, workspaceId, user.id, 'editor');
  const url = `http://127.0.0.1:${env.port}`;
  const web = fork(join(root, 'dist', 'start.js'), ['--only=web'], {
    cwd: root, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: env.databaseUrl, DATA_DIR: dataDir, PORT: String(env.port), PUBLIC_URL: url, SECRET_KEY: env.secretKey, SIGN_UP: 'open' },
  });
  await Promise.race([once(web, 'message'), once(web, 'exit').then(() => { throw new Error('the web process ended before it was ready'); })]);
  const browser = await chromium.launch({ args: ['--no-sandbox', '--disable-gpu'], ...(process.env['CHROMIUM_PATH'] ? { executablePath: process.env['CHROMIUM_PATH'] } : {}) });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies(user.cookie.split('; ').map((each) => ({ name: each.slice(0, each.indexOf('=')), value: decodeURIComponent(each.slice(each.indexOf('=') + 1)), url })));
  const product: Product = {
    url, database, user, page: await context.newPage(),
    async insertFlow(name, stages, stepsPerStage) {
      const id = (at: number) => `s${at + 1}`;
      const step = (at: number) => ({ id: id(at), type: at === 0 ? 'get-raw-model' : 'distinct', name: `Step ${at + 1}`, params: {}, ...(at === 0 ? {} : { sources: { source: id(at - 1) } }) });
      const definition = flowDefinition.parse({
        schema: 1, kind: 'dataflow', name,
        lanes: [{ id: 'main', stages: Array.from({ length: stages }, (_, stage) => ({ id: `g${stage + 1}`, name: `Stage ${stage + 1}`, steps: Array.from({ length: stepsPerStage }, (_each, at) => step(stage * stepsPerStage + at)) })) }],
      });
      const flowId = await insertFlow(database, workspaceId, definition);
      await database.db.insert(flowVersions).values({ id: newId('ver'), flowId, number: 1, contentHash: 'h', definition });
      return flowId;
    },
    async insertRun(flowId) {
      const runId = newRunId();
      await database.sql`insert into runs (id, workspace_id, flow_id, flow_version_id, kind, trigger, status) select ${runId}, ${workspaceId}, flow_id, id, 'dataflow', 'manual', 'running' from flow_versions where flow_id = ${flowId}`;
      await product.insertEvents(runId, [{ seq: 1, type: 'run.started', stepId: null, data: { worker: 'bench' } }]);
      return runId;
    },
    async insertEvents(runId, events) {
      await database.sql`insert into run_events (run_id, seq, type, step_id, attempt, iteration, at, data, hash)
        select ${runId}, t.seq, t.type, t.step_id, case when t.step_id is not null then 1 end, case when t.step_id is not null then 0 end, now(), t.data::jsonb, '\\x00'
        from unnest(${events.map((each) => each.seq)}::int[], ${events.map((each) => each.type)}::text[], ${events.map((each) => each.stepId)}::text[], ${events.map((each) => JSON.stringify(each.data))}::text[]) t(seq, type, step_id, data)`;
    },
    async close() {
      await browser.close();
      web.kill('SIGKILL');
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return product;
}
