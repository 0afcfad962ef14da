import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Env } from '#db/env';
import { loadDocument } from '#db/flow-documents';
import { workspaces } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { addStep, definitionOf, renameStep } from '#flow/document';
import { newId } from '#flow/id';
import { seeded } from '#flow/testing-random';
import { until } from '#flow/testing-until';
import { damaged, forged, handmade, honestEdit, poisoned, v2Bombs } from './testing-hostile';
import type { Assault, Verdict } from './testing-attacker';
import { forkWeb, insertFlow, join, openStock, signUp, synced, testEnv, type Person } from './testing';

/**
 * The same frames as hostile.fuzz.test.ts, over real sockets while two honest people work: what only the network can
 * show. Each kind is proven there in numbers; here some of each come, more of them with `MILLRACE_LONG=1`.
 */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const each = isLong ? 1_000 : 40;
const quietEdits = isLong ? 1_000 : 16;
const victims = 40; // steps that are renamed in turn
let database: TestDatabase;
let env: Env;
let web: ChildProcess;
let attacker: ChildProcess;
let people: Person[];
let flowId: string;
const verdicts = new Map<number, (code: number | null) => void>();

/** The server and who attacks it are processes of their own: what honest people wait for is the server, not this test. */
beforeAll(async () => {
  database = await createTestDatabase();
  env = await testEnv(database.url);
  const workspaceId = newId('wks');
  await database.db.insert(workspaces).values({ id: workspaceId, name: 'Test' });
  people = [];
  for (const name of ['Ana', 'Bo', 'Mal']) {
    const made = await signUp(database, env, name);
    await join(database, workspaceId, made.id, 'editor');
    people.push(made);
  }
  flowId = await insertFlow(database, workspaceId);
  web = await forkWeb(env);
  attacker = fork(fileURLToPath(new URL('testing-attacker.ts', import.meta.url)), { execArgv: ['--import', 'tsx'], serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(attacker, 'message');
  attacker.on('message', ({ ask, code }: Verdict) => verdicts.get(ask)?.(code));
});
afterAll(async () => {
  attacker.kill();
  web.kill('SIGKILL');
  await database.drop();
});

/** Sends these; answers with the code the socket is closed with, null when the server keeps it open. */
function closedWith(...frames: Uint8Array[]): Promise<number | null> {
  const ask = verdicts.size;
  const assault: Assault = { url: urlOf(env), flowId, cookie: people[2]?.cookie ?? '', frames, ask };
  return new Promise((resolve) => {
    verdicts.set(ask, resolve);
    attacker.send(assault);
  });
}
const urlOf = ({ port }: Env) => `http://127.0.0.1:${port}`;

/** Eight at a time. */
async function inParallel<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let each = left.pop(); each !== undefined; each = left.pop()) await work(each);
  }));
}

it('C14 C16 whatever a member sends, others work on undisturbed and the document stays whole', { timeout: 900_000 }, async () => {
  const [one, two] = await Promise.all(people.slice(0, 2).map(async (who) => synced(openStock(urlOf(env), flowId, { cookie: who.cookie }))));
  if (!one || !two) throw new Error('two people are needed');
  const stageId = definitionOf(one.doc).lanes[0]?.stages[0]?.id ?? '';
  const stepIds = Array.from({ length: victims }, (_, at) => addStep(one.doc, { stageId, index: 0, type: 'distinct', name: `Step ${at}` }, 'test'));
  const closes: (number | undefined)[] = [];
  for (const { provider } of [one, two]) provider.on('connection-close', (event) => void closes.push(event?.code));
  const tookMs: Record<'quiet' | 'attacked', number[]> = { quiet: [], attacked: [] };
  const now: { phase: keyof typeof tookMs | 'over' } = { phase: 'quiet' };
  // The same edit of a flow of the same size in both phases, and its arrival is told by the document: only the server makes a difference.
  // Counted, not read: a wreck that happens to be valid may delete what was edited, as any editor may.
  const clockOf = (doc: Y.Doc) => Y.getState(doc.store, one.doc.clientID);
  const arrived = (name: string) => new Promise<void>((resolve, reject) => {
    const clock = clockOf(one.doc);
    const look = () => {
      if (clockOf(two.doc) < clock) return;
      two.doc.off('update', look);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => reject(new Error(`${name} did not reach the other`)), 30_000);
    two.doc.on('update', look);
    look();
  });
  const work = (async () => {
    for (let count = 0; now.phase !== 'over'; count++) {
      const [stepId, name] = [stepIds[count % victims] ?? '', `honest ${count}`];
      const started = performance.now();
      renameStep(one.doc, stepId, name, 'test');
      await arrived(name);
      tookMs[now.phase === 'quiet' ? 'quiet' : 'attacked'].push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  addStep(two.doc, { stageId, index: 0, type: 'distinct', name: 'Bo was here' }, 'test');
  await until(() => JSON.stringify(definitionOf(one.doc)).includes('Bo was here'), 'the edit of the other');

  const random = seeded(Date.now() % 1_000_000);
  const theServers = [...Y.decodeStateVector(Y.encodeStateVector(two.doc)).keys()].find((client) => client !== one.doc.clientID && client !== two.doc.clientID) ?? expect.fail('nothing of the server’s');
  // Not in the name of who writes on: that clock would be old news.
  const refused = [...forged(two.doc, theServers), ...handmade(one.doc), ...v2Bombs(), ...Array.from({ length: each }, () => poisoned(random, one.doc))];
  const honest = honestEdit(one.doc);
  const wrecks = Array.from({ length: each }, () => damaged(random, honest));
  tookMs.quiet.length = 0; // making all these frames kept the loop
  // Half of the quiet edits before, half after: the flow grows by them.
  const calm = async (edits: number) => until(() => tookMs.quiet.length >= edits, 'the edits of the victim', 120_000);
  await calm(quietEdits / 2);
  now.phase = 'attacked';
  await inParallel(refused, async ({ what, frame }) => expect([what, await closedWith(frame)]).toEqual([what, 4400]));
  const codes: (number | null)[] = [];
  // The second ends the socket whatever became of the first.
  await inParallel(wrecks, async (wreck) => void codes.push(await closedWith(wreck, Uint8Array.from([7, 7]))));
  now.phase = 'quiet';
  await calm(quietEdits);
  now.phase = 'over';
  await work;
  expect(codes).toEqual(Array.from({ length: each }, () => 4400));

  const stored = async () => (await loadDocument(database.db, flowId)).doc;
  await until(async () => {
    const server = JSON.stringify(definitionOf(await stored()));
    return [one, two].every(({ doc }) => JSON.stringify(definitionOf(doc)) === server);
  }, 'everybody to hold what the server holds');
  const doc = await stored();
  expect([doc.getMap('meta').get('kind'), doc.store.pendingStructs, doc.store.pendingDs]).toEqual(['dataflow', null, null]);
  expect(tookMs.attacked.length).toBeGreaterThan(4);
  expect([one, two].map((each) => Y.getState(doc.store, each.doc.clientID))).toEqual([one, two].map((each) => Y.getState(each.doc.store, each.doc.clientID)));
  // Each edit was seen by the other before the next was made, over the sockets of the beginning.
  expect([closes, one.provider.wsconnected, two.provider.wsconnected]).toEqual([[], true, true]);
  const at = (of: number[], share: number) => of.toSorted((a, b) => a - b)[Math.floor(of.length * share)] ?? Number.NaN;
  const beside = (share: number) => `p${share * 100} ${at(tookMs.attacked, share).toFixed(0)} ms, ${at(tookMs.quiet, share).toFixed(0)} ms without (${(at(tookMs.attacked, share) / at(tookMs.quiet, share)).toFixed(2)} ×)`;
  console.log(`${refused.length + codes.length} hostile sockets: an edit takes ${beside(0.5)}, ${beside(0.99)}; ${tookMs.attacked.length} edits, ${tookMs.quiet.length} without`);
  expect(Y.encodeStateVector(doc).byteLength).toBeGreaterThan(3);
  one.close();
  two.close();
});
