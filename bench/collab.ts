import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { workspaces } from '#db/schema/index';
import { createTestDatabase } from '#db/testing';
import { addNote, moveNote } from '#flow/document';
import { newId } from '#flow/id';
import { openFlowDocument, type FlowSession } from '../app/_client/collab-provider';
import { forkWeb, insertFlow, join, signUp, socketWith, testEnv, until } from '../collab-server/testing';
import { median, quantile, report, type Figure } from './harness';

/**
 * Time from an edit in one client until it stands in another's document, every edit committed to PostgreSQL before it
 * is shown. Server and clients are two processes on one machine; all clients share one. Hocuspocus and
 * @y/websocket-server are not installed here, so there is no rival in these figures yet.
 */
const rounds = 5;
process.setMaxListeners(0); // every y-websocket client listens for the end of the process
const database = await createTestDatabase();
const env = await testEnv(database.url);
const workspaceId = newId('wks');
await database.db.insert(workspaces).values({ id: workspaceId, name: 'Bench' });
const user = await signUp(database, env, 'Bench');
await join(database, workspaceId, user.id, 'editor');
const web = await forkWeb(env);
try {
  report([...(await measure({ people: 2, writers: 1, editsPerSecond: 20, seconds: 5 })), ...(await measure({ people: 50, writers: 10, editsPerSecond: 5, seconds: 6 }))]);
} finally {
  web.kill('SIGKILL');
  await database.drop();
}

type Load = { people: number; writers: number; editsPerSecond: number; seconds: number };

async function measure(load: Load): Promise<Figure[]> {
  const seen: number[][] = [];
  const acked: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const found = await once(load);
    seen.push(found.seen);
    acked.push(found.acked);
  }
  const name = `collab N=${load.people}, ${load.writers} × ${load.editsPerSecond}/s`;
  const figure = (what: string, of: number[][], q: number): Figure => ({ name: `${name}: ${what} p${q * 100}`, value: median(of.map((each) => quantile(each, q))), unit: 'ms', rounds });
  return [figure('seen by peers', seen, 0.5), figure('seen by peers', seen, 0.99), figure('acknowledged', acked, 0.5), figure('acknowledged', acked, 0.99)];
}

async function once({ people, writers, editsPerSecond, seconds }: Load): Promise<{ seen: number[]; acked: number[] }> {
  const flowId = await insertFlow(database, workspaceId);
  const sessions = Array.from({ length: people }, () => openFlowDocument({
    flowId, user, serverUrl: `ws://127.0.0.1:${env.port}/collab`, WebSocketPolyfill: socketWith({ cookie: user.cookie }), keepOffline: false,
  }));
  await until(() => sessions.every((session) => session.status.connection === 'online'), 'everybody to be online', 30_000);
  const seen: number[] = [];
  const acked: number[] = [];
  const notes = sessions.slice(0, writers).map((session) => addNote(session.doc, { pos: [0, 0] }, 'bench'));
  await until(() => sessions.every((session) => notesOf(session.doc).size === writers), 'everybody to see the notes', 30_000);
  for (const session of sessions) {
    notesOf(session.doc).observeDeep((events, transaction) => {
      if (transaction.local) return;
      const now = performance.now();
      for (const event of events) {
        const at: unknown = event.target.get('pos');
        if (Array.isArray(at)) seen.push(now - Number(at[0]));
      }
    });
  }
  let sent = 0;
  await Promise.all(sessions.slice(0, writers).map(async (session, writer) => {
    await pause((1_000 / editsPerSecond / writers) * writer);
    for (let edit = 0; edit < editsPerSecond * seconds; edit++) {
      const started = performance.now();
      moveNote(session.doc, notes[writer] ?? '', [started, edit], 'bench');
      sent += 1;
      whenSaved(session, () => acked.push(performance.now() - started));
      await pause(Math.max(0, 1_000 / editsPerSecond - (performance.now() - started)));
    }
  }));
  await until(() => seen.length === sent * (people - 1) && sessions.every((session) => session.status.unsaved === 0), 'every edit to arrive', 30_000);
  for (const session of sessions) session.close();
  return { seen, acked };
}

function notesOf(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
  return doc.getMap('notes');
}

function whenSaved(session: FlowSession, then: () => void): void {
  const stop = session.subscribe(() => {
    if (session.status.unsaved > 0) return;
    stop();
    then();
  });
}
