import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { until } from '#flow/testing-until';
import { liveClient } from '../collab-server/testing';
import { median, quantile, report } from './harness';
import { startProduct } from './product';

/**
 * Time from the commit of a run's event until each of 199 sockets has it and until one real browser has painted it, with
 * the hint an engine sends. The server is the product's web process as it is built, the browser Chromium on the run's page;
 * the sockets share one process with the writer. Painted is the first task after the frame in which the line under the
 * canvas stands at the event; the page's clock is set by asking it, taking the quickest of many answers.
 */
const rounds = 5;
const watchers = 199;
const eventsPerRound = process.env['BENCH_QUICK'] ? 20 : 60;
const product = await startProduct();
const { database, page, url, user } = product;
const flowId = await product.insertFlow('Watched', 1, 5);
await noteFrames(page);
const sockets = Array.from({ length: watchers }, () => liveClient(url, '/runs', { cookie: user.cookie }));
const write = (runId: string, seq: number, type: string, stepId: string, data: object) => product.insertEvents(runId, [{ seq, type, stepId, data }]);
type Round = { received: number[]; painted: number[] };
try {
  await until(() => sockets.every((socket) => socket.connected), 'every socket to connect', 60_000);
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) results.push(await playRound());
  report(([['received', `live ${watchers} sockets: commit → received`], ['painted', `live beside ${watchers} sockets: commit → painted in Chromium`]] as const).flatMap(([part, name]) =>
    [0.5, 0.99].map((q) => ({ name: `${name} p${q * 100}`, value: median(results.map((each) => quantile(each[part], q))), unit: 'ms', rounds }))));
  for (const { received, painted } of results) console.log(`received p50 ${quantile(received, 0.5).toFixed(1)} p99 ${quantile(received, 0.99).toFixed(1)}, painted p50 ${quantile(painted, 0.5).toFixed(1)} p99 ${quantile(painted, 0.99).toFixed(1)} ms`);
} finally {
  for (const socket of sockets) socket.disconnect();
  await product.close();
}

async function playRound(): Promise<Round> {
  const runId = await product.insertRun(flowId);
  await write(runId, 2, 'step.started', 's1', { itemsIn: 1, many: false });
  const first = 3;
  const committed = new Map<number, number>();
  const received: { seq: number; at: number }[] = [];
  const lastSeqs = new Map<object, number>();
  for (const socket of sockets) {
    socket.removeAllListeners('events');
    socket.on('events', (message: { runId: string; events: { seq: number }[] }) => {
      for (const { seq } of message.runId === runId ? message.events : []) {
        if (seq !== (lastSeqs.get(socket) ?? 0) + 1) throw new Error(`a gap or repetition at ${seq}`);
        lastSeqs.set(socket, seq);
        if (seq >= first) received.push({ seq, at: performance.now() });
      }
    });
  }
  await Promise.all(sockets.map((socket) => socket.timeout(10_000).emitWithAck('watch', { runId, after: 0 })));
  await page.goto(`${url}/runs/${runId}`);
  await page.locator('[role=slider][aria-valuenow="2"]').waitFor();
  await notePaints(page);
  await pause(1_000); // what a page loads after its first paint is not what is measured
  const last = first + eventsPerRound - 1;
  for (let seq = first; seq <= last; seq++) {
    await write(runId, seq, 'step.progress', 's1', { done: seq, total: last });
    committed.set(seq, performance.now());
    await database.sql`select pg_notify('run_events', ${runId})`;
    await pause(50);
  }
  await until(() => received.length === watchers * eventsPerRound, 'every event to arrive', 30_000);
  await page.locator(`[role=slider][aria-valuenow="${last}"]`).waitFor();
  const offset = await clockOffset(page);
  const paints = await page.evaluate(() => Reflect.get(globalThis, 'paints') as { seq: number; at: number }[]); // made by notePaints
  const painted = [...committed].map(([seq, at]) => {
    const shown = paints.find((each) => each.seq >= seq); // two events in one frame are painted together
    if (!shown) throw new Error(`event ${seq} was never painted`);
    return shown.at - offset - at;
  });
  return { received: received.map(({ seq, at }) => at - (committed.get(seq) ?? at)), painted };
}

/** Before anything of the page runs: whether a change comes about in a frame's callback, which its painting follows at once. */
async function noteFrames(watching: Page): Promise<void> {
  await watching.addInitScript(() => {
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) => ask((time) => {
      Reflect.set(globalThis, 'isInFrame', true);
      callback(time);
      queueMicrotask(() => Reflect.set(globalThis, 'isInFrame', false));
    });
  });
}

/** From the change of what the page shows to the first task after its frame: layout and painting are done by then. */
async function notePaints(watching: Page): Promise<void> {
  await watching.evaluate(() => {
    const paints: { seq: number; at: number }[] = [];
    Reflect.set(globalThis, 'paints', paints);
    const slider = document.querySelector('[role=slider][aria-valuenow]');
    if (!slider) throw new Error('the page shows no moment');
    new MutationObserver(() => {
      const seq = Number(slider.getAttribute('aria-valuenow'));
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        paints.push({ seq, at: performance.timeOrigin + performance.now() });
        port1.close();
      };
      if (Reflect.get(globalThis, 'isInFrame')) port2.postMessage(null);
      else requestAnimationFrame(() => port2.postMessage(null));
    }).observe(slider, { attributes: true, attributeFilter: ['aria-valuenow'] });
  });
}

/** What the page's clock is ahead of this process's `performance.now()`: the middle of the quickest of fifty answers. */
async function clockOffset(watching: Page): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, offset: 0 };
  for (let asked = 0; asked < 50; asked++) {
    const from = performance.now();
    const theirs = await watching.evaluate(() => performance.timeOrigin + performance.now());
    const took = performance.now() - from;
    if (took < best.took) best = { took, offset: theirs - (from + took / 2) };
  }
  return best.offset;
}
