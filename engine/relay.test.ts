import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Relay } from './relay';

/** A run that says what it does; `work` stands for everything between its beginning and its end. */
function runner(relay: Relay, told: string[]) {
  return async (name: string, work: () => Promise<void>) => {
    const run = { name };
    await relay.take(run);
    told.push(`${name} begins`);
    await work();
    told.push(`${name} ends`);
    relay.pass(run);
  };
}
const computes = async () => {
  for (let step = 0; step < 20; step++) await Promise.resolve();
};

describe('runs that begin at the same moment', () => {
  test('R88 a run that only computes is carried to its end before the next begins', async () => {
    const told: string[] = [];
    const run = runner(new Relay(), told);
    await Promise.all(['a', 'b', 'c'].map((name) => run(name, computes)));
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('R88 one that waits for something outside lets the next begin', async () => {
    const told: string[] = [];
    const run = runner(new Relay(), told);
    await Promise.all([run('a', () => pause(20)), run('b', computes), run('c', computes)]);
    expect(told).toEqual(['a begins', 'b begins', 'b ends', 'c begins', 'c ends', 'a ends']);
  });

  test('R88 one that computes for long lets others begin, and sockets have their turn meanwhile', async () => {
    const told: string[] = [];
    const relay = new Relay();
    const run = runner(relay, told);
    let turns = 0;
    let isOver = false;
    const count = async () => {
      for (; !isOver; turns++) await nextTurn();
    };
    const long = async () => {
      for (const end = performance.now() + 80; performance.now() < end; await relay.breathe());
      isOver = true;
    };
    await Promise.all([run('long', long), run('b', computes), count()]);
    expect(told).toEqual(['long begins', 'b begins', 'b ends', 'long ends']);
    expect(turns).toBeGreaterThan(2);
  });

  test('R88 the end of a run that never held the baton changes nothing', async () => {
    const told: string[] = [];
    const relay = new Relay();
    const run = runner(relay, told);
    await Promise.all([run('a', async () => relay.pass({})), run('b', computes)]);
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
