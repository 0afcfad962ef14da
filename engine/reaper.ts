import type postgres from 'postgres';
import { hint } from '#db/run-hint';
import { freeJobs } from '#db/side-jobs';

/**
 * Once a second in every worker, giving back in one at a time: runs of workers whose lease is over go back into the queue, and a
 * parked run that somebody left word for is woken, should its wake-up have been lost. A zombie's append matches no row.
 */
const chunk = 1_000;

export async function reap(sql: postgres.Sql): Promise<{ freed: number; woken: number }> {
  // The lock is taken and given back within one statement: an engine that freezes between two would keep it for as long as it is frozen.
  const freed = await sql<{ runId: string }[]>`
    with turn as materialized (
      select pg_try_advisory_xact_lock(hashtext('millrace.reaper')) as mine
    ), orphans as (
      select s.run_id, s.owner from run_slots s
      where (select mine from turn) and s.state = 'leased' and not exists (select 1 from workers w where w.id = s.owner and w.lease_until >= now())
      order by s.run_id limit ${chunk} for update of s skip locked
    )
    update run_slots s set state = 'ready', owner = null, ready_at = now() + interval '100 milliseconds' * s.stalls,
      -- The first death makes a suspect. From then on one counts only against a run that this owner had begun: its lease is the last word of the log.
      stalls = s.stalls + case when s.stalls = 0 or exists (select 1 from run_events e where e.run_id = s.run_id and e.seq = s.head_seq and e.fence = s.fence) then 1 else 0 end
    from orphans where s.run_id = orphans.run_id returning s.run_id as "runId"`;
  const woken = await sql<{ runId: string }[]>`
    with sleepers as (
      select s.run_id from run_slots s where s.state = 'waiting' and s.ready_at > now() and s.run_id in (select run_id from run_inbox where consumed_seq is null)
      order by s.run_id limit ${chunk} for update of s skip locked
    )
    update run_slots s set ready_at = now(), wakes = s.wakes + 1 from sleepers where s.run_id = sleepers.run_id returning s.run_id as "runId"`;
  await freeJobs(sql);
  await sql`delete from workers where lease_until < now() - interval '1 hour'`;
  hint(sql, 'run_slots', [...freed, ...woken].map((each) => each.runId));
  return { freed: freed.length, woken: woken.length };
}

/** A child ended or waits: its parent looks again. One row a statement, so that no two workers wait in a circle. */
export async function wakeParents(sql: postgres.Sql, runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) {
    const woken = await sql`update run_slots set wakes = wakes + 1, ready_at = least(ready_at, now()) where run_id = ${runId} and state <> 'ready' returning run_id`;
    if (woken.length > 0) hint(sql, 'run_slots', [runId]);
  }
}
