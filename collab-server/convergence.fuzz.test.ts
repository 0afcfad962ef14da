import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { canonicalJson, emptyDefinition } from '#flow/canonical';
import { createDocument, definitionOf } from '#flow/document';
import { randomEdit } from '#flow/testing-edits';
import { seeded, withSeededGlobals, type Random } from '#flow/testing-random';
import { refusal } from './close-codes';
import type { Room } from './room';
import { PretendEditor } from './testing-editor';
import { contentHash, memoryRoom, MemoryLog } from './testing-memory';

/**
 * Five people make 200 edits each through the real connections and room, over a network that partitions, repeats and
 * reorders, with a server that loses its power. `MILLRACE_LONG=1` takes 10,000 seeds; `MILLRACE_SEEDS=from-to` some of them.
 */
const pinned: number[] = [];
const isLong = Boolean(process.env['MILLRACE_LONG']);
const [first = 1, last = isLong ? 10_000 : 2] = (process.env['MILLRACE_SEEDS'] ?? '').split('-').filter(Boolean).map(Number);
const seeds = [...pinned, ...Array.from({ length: last - first + 1 }, (_, at) => first + at)];
const editsEach = 200;

/** The room's commits take their turns. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function meeting(seed: number) {
  const random = seeded(seed);
  const globals = <T>(work: () => T): T => withSeededGlobals(random, work);
  const start = globals(() => createDocument(emptyDefinition('dataflow', 'Shared')));
  const log = new MemoryLog(start);
  const people = ['ana', 'bo', 'cy', 'di', 'ed'].map((name) => globals(() => new PretendEditor(name)));
  const left = people.map(() => editsEach);
  const counts = { edits: 0, kills: 0, cuts: 0, acknowledged: 0 };
  let hold = log.open();
  let room: Room = await memoryRoom(hold.storage);

  const kill = async () => {
    counts.kills += 1;
    for (const person of people) person.disconnect();
    hold.kill(() => random.chance(0.5));
    room.fail(refusal('outOfStep', 'the power failed'));
    await turn();
    await turn();
    hold = log.open();
    room = await memoryRoom(hold.storage);
    for (const { doc, ackedClock } of people) expect(Y.getState(room.doc.store, doc.clientID), `seed ${seed}: acknowledged edits are kept`).toBeGreaterThanOrEqual(ackedClock);
  };

  for (const person of people) person.connect(room);
  while (left.some((count) => count > 0)) {
    const at = random.below(people.length);
    const person = people[at];
    if (!person) continue;
    if (!person.isOnline) {
      if (random.chance(0.06)) person.connect(room);
    } else if (random.chance(0.004)) {
      counts.cuts += 1;
      person.disconnect();
    }
    if ((left[at] ?? 0) > 0 && random.chance(0.5) && person.doc.getMap('meta').size > 0) {
      left[at] = (left[at] ?? 0) - 1;
      counts.edits += 1;
      globals(() => randomEdit(random, { doc: person.doc, undo: person.undo, origin: person.userId }));
    }
    for (let moves = random.below(6); moves > 0; moves--) {
      if (random.chance(0.5)) {
        if (random.chance(0.02)) person.reverse();
        person.sendNext();
      } else if (person.isOnline) person.receiveNext(random, 5, 0.05);
    }
    if (random.chance(0.15)) await turn();
    if (random.chance(0.002)) await kill();
  }
  await settle(people, room, random);
  for (const { ackedClock } of people) counts.acknowledged += ackedClock;
  const replayed = log.replay();
  const docs = [...people.map((person) => person.doc), room.doc, replayed];
  const result = { hashes: docs.map(contentHash), definitions: docs.map((doc) => canonicalJson(definitionOf(doc))), counts, pending: docs.map((doc) => doc.store.pendingStructs) };
  room.fail(refusal('restarting', 'the end'));
  return result;
}

/** Everybody comes back and nothing is under way any more. */
async function settle(people: PretendEditor[], room: Room, random: Random): Promise<void> {
  for (let round = 0; round < 40; round++) {
    for (const person of people) if (!person.isOnline || round === 0) person.connect(room);
    let isMoving = true;
    while (isMoving) {
      isMoving = false;
      for (const person of people) while (person.sendNext() || person.receiveNext(random)) isMoving = true;
      await room.committed().catch(() => {});
      await turn();
      isMoving ||= people.some((person) => person.inbox.length > 0 || person.outbox.length > 0);
    }
    if (people.every((person) => person.isOnline)) return;
  }
  throw new Error(`somebody cannot come back: ${people.map((person) => person.closeCodes.join()).join(' | ')}`);
}

it(`C10 C16 ${seeds.length} meetings of five people over a bad network and a server without steady power converge, nothing acknowledged lost`, { timeout: 24 * 3_600_000 }, async () => {
  const total = { edits: 0, kills: 0, cuts: 0, acknowledged: 0 };
  for (const seed of seeds) {
    const { hashes, definitions, counts, pending } = await meeting(seed);
    expect(new Set(hashes).size, `seed ${seed} diverged`).toBe(1);
    expect(new Set(definitions).size, `seed ${seed} is read differently`).toBe(1);
    expect(pending.every((each) => each === null), `seed ${seed} waits for something`).toBe(true);
    total.edits += counts.edits;
    total.kills += counts.kills;
    total.cuts += counts.cuts;
    total.acknowledged += counts.acknowledged;
  }
  expect(total.edits).toBe(seeds.length * 5 * editsEach);
  expect(total.kills).toBeGreaterThan(0);
  expect(total.cuts).toBeGreaterThan(0);
  expect(total.acknowledged).toBeGreaterThan(seeds.length * 100);
});
