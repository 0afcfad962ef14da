import { and, desc, eq, gte, ilike, inArray, lt, lte, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { fail } from '#flow/failure';
import { runStatuses } from '#flow/run-state';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database } from './client';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { selectSummaries, summaryOf, type RunSummary } from './run-row';
import { flows, runs } from './schema';

export type { RunSummary } from './run-row';
export type RunFilter = {
  flowId?: string | undefined;
  componentId?: string | undefined;
  /** Several, or one text with commas. */
  status?: string | readonly string[] | undefined;
  startedBy?: string | undefined;
  trigger?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  /** Part of the short name, flow, starter, input, output or error. */
  q?: string | undefined;
};

/** Newest first; ids are UUIDv7, so their order is the order of time and the cursor is the id alone. */
export async function listRuns(database: Database, access: Access, filter: RunFilter & Page) {
  return permitted(access, 'workspace.read', async (): Promise<Listed<RunSummary>> => {
    const after = decodeCursor(filter.cursor, z.uuid());
    const rows = await selectSummaries(database.db)
      .where(and(eq(runs.workspaceId, access.workspaceId), ...runConditions(filter), after === null ? undefined : lt(runs.id, after)))
      .orderBy(desc(runs.id)).limit(filter.limit + 1);
    return paged(rows, filter.limit, (row) => row.id, summaryOf);
  });
}

export function runConditions(filter: RunFilter): SQL[] {
  const conditions: (SQL | undefined)[] = [
    filter.flowId === undefined ? undefined : eq(runs.flowId, filter.flowId),
    filter.status === undefined || filter.status.length === 0 ? undefined : inArray(runs.status, statusesOf(filter.status)),
    filter.componentId === undefined ? undefined : eq(flows.componentId, filter.componentId),
    filter.startedBy === undefined ? undefined : eq(runs.startedBy, filter.startedBy),
    filter.trigger === undefined ? undefined : inArray(runs.trigger, filter.trigger.split(',')),
    filter.from === undefined ? undefined : and(gte(runs.createdAt, time(filter.from, 'from')), gte(runs.id, idBefore(time(filter.from, 'from')))),
    filter.to === undefined ? undefined : lte(runs.createdAt, time(filter.to, 'to')),
    filter.q === undefined || filter.q.trim() === '' ? undefined : ilike(runs.searchText, `%${filter.q.trim().slice(0, 200).replaceAll(/[\\%_]/g, '\\$&').replaceAll('\u0000', '')}%`),
  ];
  return conditions.filter((each) => each !== undefined);
}

function statusesOf(list: string | readonly string[]): string[] {
  const wanted = (typeof list === 'string' ? list.split(',') : [...list]).map((each) => each.trim()).filter((each) => each !== '');
  const unknown = wanted.find((each) => !runStatuses.some((status) => status === each));
  if (unknown !== undefined) fail('PARAM_INVALID', text(`"${unknown}" is not a status. Use ${runStatuses.join(', ')}.`, `« ${unknown} » n’est pas un état. Utilisez ${runStatuses.join(', ')}.`), { path: 'status' });
  return wanted;
}

function time(given: string, path: string): Date {
  const at = new Date(given);
  if (Number.isNaN(at.getTime())) return fail('PARAM_INVALID', text(`"${given}" is not a time. Write it as 2026-01-31T08:30:00Z.`, `« ${given} » n’est pas une heure. Écrivez-la ainsi : 2026-01-31T08:30:00Z.`), { path });
  return at;
}

/** An id that sorts before every run made from a minute before `at`: lets a time limit use the index on ids. */
function idBefore(at: Date): SQL {
  const hex = Math.max(0, at.getTime() - 60_000).toString(16).padStart(12, '0');
  return sql`${`${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`}::uuid`;
}
