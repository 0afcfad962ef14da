import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as Y from 'yjs';
import { z } from 'zod';
import { insertDocument } from '#db/flow-documents';
import { components, flows, workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { createDocument } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import { newId } from '#flow/id';
import { join as joinWorkspace, signUp, testEnv } from '../../collab-server/testing';
import type { Framing, Target } from './client';

/** A server under measurement: a process of its own, with documents it can be opened on. */
export type Usage = { cpuMs: number; heapBytes: number };
export type Server = Target & { name: string; framing: Framing; addFlow(definition: FlowDefinition): Promise<string>; usage(): Promise<Usage>; stop(): Promise<void> };

const usage = z.object({ cpuMs: z.number(), heapBytes: z.number() });
export const evictAfterMs = 1_000;

export async function startServers(): Promise<[Server, ...Server[]]> {
  return [await startOurs(), await startRival('hocuspocus', 'Hocuspocus 3.4'), await startRival('y-websocket', '@y/websocket-server 0.1.1')];
}

async function startOurs(): Promise<Server> {
  const database: TestDatabase = await createTestDatabase();
  const env = await testEnv(database.url);
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Bench' });
  const user = await signUp(database, env, 'Bench');
  await joinWorkspace(database, workspaceId, user.id, 'editor');
  const componentId = newId('cmp');
  await database.db.insert(components).values({ id: componentId, workspaceId, title: 'Bench' });
  const child = await started(join(import.meta.dirname, 'child.ts'), {
    DATABASE_URL: env.databaseUrl, PORT: String(env.port), SECRET_KEY: env.secretKey, BENCH_WORKSPACE: workspaceId, BENCH_EVICT_MS: String(evictAfterMs),
  }, ['--import', 'tsx']);
  return {
    name: 'ours, durable', framing: 'ours', url: `ws://127.0.0.1:${env.port}/collab`, headers: { cookie: user.cookie },
    addFlow: async (definition) => {
      const flowId = newId('flw');
      await database.db.insert(flows).values({ id: flowId, workspaceId, componentId, kind: 'dataflow', name: definition.name });
      await insertDocument(database.db, { flowId, userId: null }, createDocument(definition));
      return flowId;
    },
    usage: () => ask(child, { usage: true }),
    stop: async () => {
      child.kill('SIGKILL');
      await database.drop();
    },
  };
}

async function startRival(framing: 'hocuspocus' | 'y-websocket', name: string): Promise<Server> {
  const port = 20_000 + (process.pid % 10_000) + (framing === 'hocuspocus' ? 0 : 10_000);
  const child = await started(join(import.meta.dirname, '..', 'rivals', `${framing}.mjs`), { BENCH_PORT: String(port) });
  return {
    name, framing, url: `ws://127.0.0.1:${port}`, headers: {},
    addFlow: async (definition) => {
      const flowId = newId('flw');
      await ask(child, { load: flowId, state: Buffer.from(Y.encodeStateAsUpdate(createDocument(definition))).toString('base64') });
      return flowId;
    },
    usage: () => ask(child, { usage: true }),
    stop: async () => void child.kill('SIGKILL'),
  };
}

async function started(file: string, env: Record<string, string>, execArgv: string[] = []): Promise<ChildProcess> {
  const child = fork(file, { execArgv: ['--expose-gc', ...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production', ...env } });
  await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error(`${file} ended`); })]);
  return child;
}

async function ask(child: ChildProcess, what: object): Promise<Usage> {
  const heard = once(child, 'message');
  child.send(what);
  const [answer]: unknown[] = await heard;
  return usage.parse(answer);
}
