import { cursors, framesInPerMove } from './collab/cursors';
import { coldLoad, coldLoadByBrowser, type Load as Loaded } from './collab/cold';
import { memory } from './collab/memory';
import { propagation, type Load, type Seen } from './collab/propagation';
import { startServers, type Server } from './collab/servers';
import { median, quantile, report, spread, type Figure } from './harness';

/**
 * Co-editing beside Hocuspocus and @y/websocket-server, each server a process of its own, one bare client for all of them,
 * in turns. Ours checks, names the author of and commits every edit to PostgreSQL before anybody sees it; the others keep
 * documents in memory and wait for nothing. `BENCH_QUICK=1` makes one short round, to see that it works; `BENCH_ONLY` names
 * one part: seen (with `BENCH_PEOPLE` of one size), cursors, memory or loads.
 */
const isQuick = Boolean(process.env['BENCH_QUICK']);
const wants = (part: 'seen' | 'cursors' | 'memory' | 'loads') => (process.env['BENCH_ONLY'] ?? part) === part;
const rounds = isQuick ? 1 : 5;
const seconds = isQuick ? 2 : 6;
process.setMaxListeners(0); // every y-websocket client listens for the end of the process
const loads: Load[] = [
  { people: 2, writers: 1, editsPerSecond: 20, seconds, readers: 2 },
  { people: 50, writers: 10, editsPerSecond: 5, seconds, readers: 50 },
  { people: isQuick ? 210 : 500, writers: 10, editsPerSecond: 2, seconds, readers: 30 },
];
const servers = await startServers();
try {
  if (wants('seen')) for (const load of loads) if (Number(process.env['BENCH_PEOPLE'] ?? load.people) === load.people) await told(load);
  if (wants('cursors')) await toldCursors();
  if (wants('memory')) await toldMemory();
  if (wants('loads')) for (const steps of [1_000, 10_000]) await toldLoads(steps);
} finally {
  for (const server of servers) await server.stop();
}

type PerServer<T> = { server: Server; found: T[] }[];

/** Each measures as often as there are rounds, a different one first each time. */
async function inTurns<T>(measure: (server: Server) => Promise<T>): Promise<PerServer<T>> {
  const all = servers.map((server): PerServer<T>[number] => ({ server, found: [] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const one = all[(round + turn) % all.length];
      if (one) one.found.push(await measure(one.server));
    }
  }
  return all;
}

/** The median of each server, ours with its ratio to Hocuspocus of the same round. */
function figures<T>(name: string, unit: string, all: PerServer<T>, of: (found: T) => number): Figure[] {
  const rival = all.find((each) => each.server.framing === 'hocuspocus')?.found.map(of) ?? [];
  return all.flatMap(({ server, found }): Figure[] => {
    const values = found.map(of);
    if (values.some(Number.isNaN)) return [];
    console.log(`  ${server.name.padEnd(28)} ${name.padEnd(48)} ${spread(values)} ${unit}`);
    const ratio = server.framing === 'ours' && rival.every((each) => each > 0) ? { rival: 'Hocuspocus 3.4', ratio: median(values.map((value, at) => value / (rival[at] ?? Number.NaN))) } : {};
    return [{ name: `${name}: ${server.name}`, value: median(values), unit, rounds, ...ratio }];
  });
}

async function told(load: Load): Promise<void> {
  const name = `collab N=${load.people}, ${load.writers} × ${load.editsPerSecond}/s`;
  const all = await inTurns((server) => propagation(server, load));
  const at = (key: keyof Seen, q: number) => (found: Seen) => quantile(found[key], q);
  for (const q of [0.5, 0.99]) report(figures(`${name}, seen by peers p${q * 100}`, 'ms', all, at('seenMs', q)));
  for (const q of [0.5, 0.99]) report(figures(`${name}, acknowledged p${q * 100}`, 'ms', all, at('ackedMs', q)));
}

async function toldCursors(): Promise<void> {
  const all = await inTurns((server) => cursors(server, { people: 50, movers: 10, movesPerSecond: 20, seconds: isQuick ? 2 : 5 }));
  report(figures('collab cursor move, N=50, processor', 'µs', all, (found) => found.cpuMicroseconds));
  report(figures('collab cursor move, N=50, frames out', '', all, (found) => found.framesOut));
  for (const server of servers) {
    if (server.framing === 'hocuspocus') continue; // its own client does not speak y-websocket
    for (const client of server.framing === 'ours' ? (['ours', 'stock'] as const) : (['stock'] as const)) {
      report([{ name: `collab cursor move, N=50, frames in, ${client === 'ours' ? 'our client' : 'stock provider'}: ${server.name}`, value: await framesInPerMove(server, client, 50), unit: '', rounds: 1 }]);
    }
  }
}

async function toldMemory(): Promise<void> {
  const all = await inTurns((server) => memory(server, isQuick ? 5 : 30, 1_000));
  report(figures('collab heap per open flow of 1,000 steps', 'MB', all, (found) => found.perFlowMb));
  report(figures('collab heap left of it after it was closed', 'MB', all, (found) => found.leftMb));
}

async function toldLoads(steps: number): Promise<void> {
  const name = `collab cold load of ${steps.toLocaleString('en')} steps`;
  const all = await inTurns((server) => coldLoad(server, steps));
  report(figures(name, 'ms', all, (found) => found.ms));
  report(figures(`${name}, on the wire`, 'kB', all, (found) => found.bytes / 1_000));
  const [ours] = servers;
  for (const megabits of [null, 20]) {
    for (const overHttp of [false, true]) {
      const found: Loaded[] = [];
      for (let round = 0; round < rounds; round++) found.push(await coldLoadByBrowser(ours, steps, { overHttp, megabits }));
      const what = `${name}, our client, ${overHttp ? 'HTTP first' : 'all over the socket'}, ${megabits === null ? 'same machine' : `${megabits} Mbit/s`}`;
      report([{ name: what, value: median(found.map((each) => each.ms)), unit: 'ms', rounds }, { name: `${what}, on the wire`, value: median(found.map((each) => each.bytes / 1_000)), unit: 'kB', rounds }]);
    }
  }
}
