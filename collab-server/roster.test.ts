import { expect, it } from 'vitest';
import type { PresenceEntry, Present } from './presence-board';
import { Roster } from './roster';

const person = (id: string): Present => ({ person: { id, name: id, colour: 'var(--person-1)' }, awarenessId: null, sendAwareness: () => {} });
const entry = (clientId: number, from: Present, clock: number, state: object | null): PresenceEntry => ({ clientId, clock, from, state: state === null ? null : { ...state, user: from.person } });

it('C19 a crowd is told again of who moves every 5 s, at once of a new mood, and never of a cursor', () => {
  const roster = new Roster();
  const ana = person('ana');
  const told: [number, unknown][] = [];
  for (let second = 0; second < 30; second++) {
    const state = { cursor: { x: second, y: 0 }, ...(second >= 22 ? { mood: 'idle' } : {}) };
    for (const each of roster.news([entry(1, ana, second + 2, state)], second * 1_000)) told.push([second, each.state]);
  }
  expect(told.map(([second]) => second)).toEqual([0, 5, 10, 15, 20, 22, 27]);
  expect(told.at(-1)?.[1]).toEqual({ user: ana.person, mood: 'idle' });
  expect(roster.news([entry(1, ana, 99, null)], 30_000)).toEqual([expect.objectContaining({ clientId: 1, clock: 99, state: null })]);
});

it('C19 whoever follows is told in full, when the other moves and at once', () => {
  const roster = new Roster();
  const [ana, bo] = [person('ana'), person('bo')];
  const moved = entry(1, ana, 8, { cursor: { x: 1, y: 2 } });
  expect(roster.news([moved], 0)[0]?.clock).toBe(8);
  expect(roster.toFollowers([moved], [moved, entry(2, bo, 3, {})])).toEqual([]);
  const follows = entry(2, bo, 4, { following: 'ana' });
  expect(roster.toFollowers([follows], [moved, follows]).map((each) => each.to)).toEqual([bo]); // begins: hears where she stands
  expect(roster.toFollowers([], [moved, follows])).toEqual([]);
  expect(roster.toFollowers([moved], [moved, follows]).map((each) => each.to)).toEqual([bo]);
});
