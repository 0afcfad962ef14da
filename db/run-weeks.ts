import type postgres from 'postgres';

/**
 * `run_events` is kept in one table a week, told by the time inside a run's UUIDv7, so that an old week is dropped
 * instead of being deleted row by row. What no table was made for lies in `run_events_default`.
 */
const weekMs = 7 * 24 * 3_600_000;
const mondayMs = 4 * 24 * 3_600_000; // 1970-01-05
const weeksAhead = 4;

/** Runs from `from` (inclusive) to `to` (exclusive), as the ids say. */
export type Week = { table: string; startMs: number; from: string; to: string };

export function weekOf(ms: number): Week {
  const startMs = Math.floor((ms - mondayMs) / weekMs) * weekMs + mondayMs;
  return { table: `run_events_w${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`, startMs, from: firstIdAt(startMs), to: firstIdAt(startMs + weekMs) };
}

/** No run that begins at this millisecond has a smaller id. */
export function firstIdAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** Makes the tables of this week and the next ones. A week whose first events already lie in the default table stays there. */
export async function makeWeeks(sql: postgres.Sql, now: number = Date.now()): Promise<string[]> {
  const made: string[] = [];
  for (let ahead = 0; ahead <= weeksAhead; ahead++) {
    const week = weekOf(now + ahead * weekMs);
    if (await makeWeek(sql, week)) made.push(week.table);
  }
  return made;
}

async function makeWeek(sql: postgres.Sql, week: Week): Promise<boolean> {
  return sql.begin(async (tx) => {
    // Writers of the log are held up while the lock is waited for: rather fail and try again at the next round.
    await tx`set local lock_timeout = '3s'`;
    await tx`select pg_advisory_xact_lock(hashtext('millrace.run-weeks'))`;
    const [found] = await tx`select 1 where to_regclass(${week.table}) is not null or exists (select 1 from run_events_default where run_id >= ${week.from} and run_id < ${week.to})`;
    if (found) return false;
    await tx.unsafe(`create table ${week.table} partition of run_events for values from ('${week.from}') to ('${week.to}')`);
    return true;
  });
}

/** The weeks that have a table, oldest first. */
export async function weeks(sql: postgres.Sql): Promise<Week[]> {
  const rows = await sql<{ table: string }[]>`select c.relname as table from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'run_events'::regclass order by 1`;
  return rows.flatMap(({ table }) => {
    const [, year, month, day] = /^run_events_w(\d{4})(\d\d)(\d\d)$/.exec(table) ?? [];
    return year && month && day ? [weekOf(Date.UTC(Number(year), Number(month) - 1, Number(day)))] : [];
  });
}
