import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateComponent } from '#db/components';
import { got } from '#db/testing-result';
import { Appender } from './append';
import { claimSlots, loadRuns, returnSlot, type Slot } from './claim';
import { requireRight, seenForMs } from './effects';
import { LiveRun } from './live-run';
import { aStep, chain, engineTest, type EngineTest } from './testing';

/** What a claim brings along of a run that nobody has begun is what the tables and the log say. */
let t: EngineTest;
let appends: postgres.Sql;
let appender: Appender;
beforeAll(async () => {
  t = await engineTest();
  appends = postgres(t.database.url, { max: 1, onnotice: () => {} });
  appender = new Appender(appends, () => {});
  await t.database.sql`insert into workers (id, lease_until, host, pid) values ('w', now() + interval '1 hour', 'h', 1)`;
});
afterAll(async () => {
  await appends.end();
  await t.database.sql`delete from workers where id = 'w'`;
  await t.start();
  await t.settle();
  await t.close();
});

const claim = () => claimSlots(t.database.sql, 'w', 50, { suspects: 8 });
const load = async (slots: readonly Slot[]) => (await loadRuns(t.database, slots, appender)).map(({ facts, state, input, logBytes, headSeq, headHash, entryId, called }) => ({ facts, state, input, logBytes, headSeq, headHash, entryId, called }));
const giveBack = (slots: readonly Slot[]) => Promise.all(slots.map((slot) => returnSlot(t.database.sql, slot, false)));

describe('a claim', () => {
  test('brings a fresh run along as its row, its log and its input say', async () => {
    const flow = await t.insertFlow(chain(2));
    for (const options of [{}, { input: { a: 'é\u2603', b: [1, { c: null }] } }, { input: { long: 'x'.repeat(5_000) } }, { input: { large: 'y'.repeat(30_000), more: Array.from({ length: 9_000 }, (_, at) => at) } }]) await t.run(flow, options);
    const slots = await claim();
    expect(slots.map((slot) => Boolean(slot.fresh))).toEqual([true, true, true, true]);
    const alone = await load(slots.map(({ fresh: _fresh, ...slot }) => slot));
    expect(alone).toHaveLength(4);
    expect(await load(slots)).toEqual(alone);
    await giveBack(slots);
  });

  test('reads the log of a run that was begun before, whole', async () => {
    const slots = await claim();
    const [first, ...others] = await loadRuns(t.database, slots, appender);
    if (!first) throw new Error('nothing was claimed');
    first.emit([{ type: 'lease.taken', data: { worker: 'w', fence: first.fence } }, { type: 'run.started', data: { worker: 'w' } }]);
    await first.settled();
    await giveBack(slots);
    const again = await claim();
    const begun = again.find((slot) => slot.runId === first.facts.id);
    expect(begun?.fresh).toBeNull();
    expect(again.filter((slot) => slot.fresh)).toHaveLength(others.length);
    const loaded = (await loadRuns(t.database, again, appender)).find((run) => run.facts.id === first.facts.id);
    expect(loaded).toMatchObject({ headSeq: 3, state: { status: 'running', seq: 3 } });
    await giveBack(again);
  });

  test('shows a component as it is now, though it was read before', async () => {
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model')]);
    const titles: (string | undefined)[] = [];
    for (const title of ['First', 'Second', 'Third']) {
      got(await updateComponent(t.database, t.access, t.componentId, { title }));
      const runId = await t.run(flow);
      const slots = await claim();
      titles.push((await loadRuns(t.database, slots, appender)).find((run) => run.facts.id === runId)?.facts.component.title);
      await giveBack(slots);
    }
    expect(titles).toEqual(['First', 'Second', 'Third']);
  });

  test('R99 sees whom the run acts for and its component, so that steps need not ask for a second; of who has left, or of a component that is gone, it sees nothing', async () => {
    const flow = await t.insertFlow([aStep('s1', 'get-raw-model')]);
    const claimedAt = async (sinceMs: number) => {
      const runId = await t.run(flow);
      const slots = await claim();
      const found = (await loadRuns(t.database, slots, appender, performance.now() - sinceMs)).find((run) => run.facts.id === runId);
      await giveBack(slots);
      return found ?? expect.fail('the run was not claimed');
    };
    const statements: string[] = [];
    const listening = Object.assign(Object.create(t.database.db) as typeof t.database.db, { select: (...columns: []) => {
      statements.push('select');
      return t.database.db.select(...columns);
    } });
    const run = await claimedAt(0);
    await requireRight(listening, run);
    expect([statements.length, performance.now() - run.componentSeenMs < seenForMs]).toEqual([0, true]);
    const older = await claimedAt(seenForMs + 1);
    await requireRight(listening, older);
    await requireRight(listening, older);
    expect(statements).toHaveLength(1);
    const { sql } = t.database;
    const [member] = await sql`delete from members where workspace_id = ${t.access.workspaceId} and user_id = ${t.access.user?.id ?? ''} returning *`;
    await sql`update components set deleted_at = now() where id = ${t.componentId}`;
    try {
      const left = await claimedAt(0).catch((error: unknown) => error);
      expect(left).toMatchObject({ rightSeenMs: Number.NEGATIVE_INFINITY, componentSeenMs: Number.NEGATIVE_INFINITY });
      if (left instanceof LiveRun) await expect(requireRight(listening, left)).rejects.toThrow('no longer a member');
    } finally {
      await sql`insert into members ${sql(member ?? {})}`;
      await sql`update components set deleted_at = null where id = ${t.componentId}`;
    }
  });
});
