import type postgres from 'postgres';
import type { Slot } from './claim';

/**
 * Flows and workspaces that may have only so many runs at work at once. Their runs are claimed apart, by one worker at a
 * time: `claim_limited` (a function of the database) takes a lock, counts and claims in one call, so that an engine which
 * freezes in the middle keeps the others from nothing.
 */
export type Limited = { flows: string[]; workspaces: string[] };

/** Who has limits: their runs are left to `claimLimited`. */
export async function whoIsLimited(sql: postgres.Sql): Promise<Limited> {
  const [row] = await sql<Limited[]>`select array(select id from flows where concurrency is not null) as flows, array(select id from workspaces where settings #> '{limits,concurrency}' is not null) as workspaces`;
  return row ?? { flows: [], workspaces: [] };
}

/** Of runs that stalled before it takes `suspects` at most (see suspects.ts). */
export async function claimLimited(sql: postgres.Sql, worker: string, most: number, suspects: number, limited: Limited): Promise<Slot[]> {
  if (limited.flows.length + limited.workspaces.length === 0 || most <= 0) return [];
  return [...await sql<Slot[]>`select * from claim_limited(${worker}, ${most}, ${suspects})`];
}
