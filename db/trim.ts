import type postgres from 'postgres';

/** Rows that only matter for a while. `changes` is trimmed by the web process that reads it. */
const keyDays = 7;
const wordHours = 24;

export async function trimTables(sql: postgres.Sql): Promise<{ keys: number; words: number }> {
  // "Same key, same run" holds for a week, and for as long as the run has not ended.
  const keys = await sql`delete from run_keys where created_at < now() - make_interval(days => ${keyDays}) and not exists (select 1 from run_slots s where s.run_id = run_keys.run_id)`;
  const words = await sql`delete from run_inbox i where i.at < now() - make_interval(hours => ${wordHours}) and not exists (select 1 from run_slots s where s.run_id = i.run_id)`;
  return { keys: keys.count, words: words.count };
}
