import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAllRuns } from './check-run';
import { Appender } from './append';
import { writeAppends } from './append-statement';
import { claimSlots, loadRuns } from './claim';
import type { LiveRun } from './live-run';
import { reap } from './reaper';
import { chain, engineTest, type EngineTest } from './testing';

/**
 * What each guard is for: the same statement is sent with one guard taken out, two writers do what the guard forbids, and
 * the checker must find the damage. With the guard in place the same scene leaves every run whole.
 */
type Guard = 'fence' | 'position' | 'lease';
const clauses: Record<Guard, RegExp> = { fence: / and s\.fence = h\.fence/g, position: / and s\.head_seq = h\.old_seq/g, lease: / and s\.state = 'leased'/g };

/** A client whose statements lack the guard: the text is what the append sends, only shorter. */
function without(guard: Guard | null, sql: postgres.Sql): { sql: postgres.Sql; removed: () => number } {
  let removed = 0;
  const handler: ProxyHandler<postgres.Sql> = {
    apply: (target, self, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) => {
      const cut = (text: string) => (guard === null ? text : text.replaceAll(clauses[guard], () => {
        removed += 1;
        return '';
      }));
      const texts = Object.assign(strings.map(cut), { raw: strings.raw.map((text) => text) });
      return Reflect.apply(target, self, [texts, ...values]);
    },
  };
  return { sql: new Proxy(sql, handler), removed: () => removed };
}

let t: EngineTest;
let appends: postgres.Sql;
beforeAll(async () => {
  t = await engineTest();
  appends = postgres(t.database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await appends.end();
  await t.database.drop();
});

const lives = (id: string, seconds: number) => t.database.sql`insert into workers (id, lease_until, host, pid) values (${id}, now() + make_interval(secs => ${seconds}), 'h', 1) on conflict (id) do update set lease_until = excluded.lease_until`;
async function claimed(worker: string, appender: Appender): Promise<LiveRun> {
  await lives(worker, 60);
  const slots = await claimSlots(t.database.sql, worker, 10, { suspects: 1 });
  const [run] = await loadRuns(t.database, slots, appender);
  if (!run) throw new Error('nothing was claimed');
  return run;
}
const says = async (run: LiveRun, done: number) => {
  run.emit([{ type: 'step.progress', stepId: 's1', data: { done } }]);
  await run.settled().catch(() => {});
};
/** Emptied, so that each scene stands alone. */
const scene = async (guard: Guard | null) => {
  await t.database.sql`truncate run_events, runs, run_slots, run_keys, workers`;
  const runId = await t.run(await t.insertFlow(chain(1)), { input: {} });
  const client = without(guard, appends);
  return { runId, appender: new Appender(client.sql, () => {}), removed: client.removed };
};
/** Both let go of the run, as dead workers do; then every rule is held against the log. */
const check = async () => {
  await t.database.sql`update workers set lease_until = now() - interval '1 second'`;
  await reap(t.database.sql);
  await checkAllRuns(t.database);
};

/** A worker that lost its run to another writes after it, at the position where the other stands. */
async function zombieWritesLate(guard: Guard | null) {
  const { appender, removed } = await scene(guard);
  const zombie = await claimed('zombie', appender);
  await says(zombie, 1);
  await lives('zombie', -1);
  await reap(t.database.sql);
  const heir = await claimed('heir', appender);
  await says(heir, 2);
  // It has read on, as one does after a long pause, but its fence is the old one.
  zombie.headSeq = heir.headSeq;
  zombie.headHash = heir.headHash;
  await says(zombie, 3);
  return { removed: removed() };
}

/** The same worker writes twice from one position: an append that was sent again though the first had been done. */
async function sentTwice(guard: Guard | null) {
  const { appender, removed } = await scene(guard);
  const run = await claimed('worker', appender);
  await says(run, 1);
  const { headHash, headSeq } = run;
  await says(run, 2);
  run.headSeq = headSeq + 7; // what it believes to be the head is not
  run.headHash = headHash;
  await says(run, 3);
  return { removed: removed() };
}

/** A worker whose run was parked or handed back goes on writing: nobody leases it, somebody may claim it any moment. */
async function writesWithoutLease(guard: Guard | null) {
  const { appender, removed, runId } = await scene(guard);
  const run = await claimed('worker', appender);
  await says(run, 1);
  await t.database.sql`update run_slots set state = 'ready', owner = null where run_id = ${runId}`;
  const before = run.headSeq;
  await says(run, 2);
  const [slot] = await t.database.sql<{ head: number }[]>`select head_seq as head from run_slots where run_id = ${runId}`;
  if (slot?.head !== before) throw new Error('R25: a run that nobody leased was written to');
  return { removed: removed() };
}

describe.each<[Guard, (guard: Guard | null) => Promise<{ removed: number }>, RegExp]>([
  ['fence', zombieWritesLate, /R4|R3/], ['position', sentTwice, /R1/], ['lease', writesWithoutLease, /R25/],
])('the %s', (guard, play, rule) => {
  test(`R25 in place, what it forbids leaves every run whole (${guard})`, async () => {
    expect(await play(null)).toEqual({ removed: 0 });
    await check();
  });

  test(`R25 taken out of the statement, the checker turns red (${guard})`, async () => {
    const broken = (async () => {
      expect((await play(guard)).removed).toBeGreaterThan(0);
      await check();
    })();
    await expect(broken).rejects.toThrow(rule);
  });
});

test('the statement the engine sends has all three guards, in both of its branches', async () => {
  const { appender } = await scene(null);
  const run = await claimed('worker', appender);
  const text: string[] = [];
  const spy = new Proxy(appends, { apply: (target, self, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) => {
    text.push(strings.join('$'));
    return Reflect.apply(target, self, [strings, ...values]);
  } });
  run.emit([{ type: 'step.progress', stepId: 's1', data: { done: 1 } }]);
  await run.settled();
  await writeAppends(spy, [], () => true);
  for (const guard of Object.values(clauses)) expect(text.join('\n').match(guard)).toHaveLength(2);
});
