import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isJsonObject, type Json } from '#flow/json';
import type { Result } from '#flow/failure';
import type { Access } from './access';
import type { Database } from './client';
import { findComponent, missingComponent } from './components';
import { missingEntry } from './entry-write';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { entries, entryChanges, flows, flowVersions, runs, user } from './schema';

/** One field of one change, newest first. `field` is `$created`, `$deleted`, `name` or a data field. */
export type EntryChange = {
  id: number; at: string; field: string; before: Json; after: Json;
  user: { id: string; name: string } | null;
  /** The run and step that made the change; the step by its name in the version that ran. */
  run: { id: string; flowId: string; flowName: string; stepId: string | null; stepName: string | null } | null;
};

/** A deleted entry's history stays readable: it says who deleted it. */
export async function entryHistory(database: Database, access: Access, componentId: string, entryId: number, page: Page): Promise<Result<Listed<EntryChange>>> {
  return permitted(access, 'workspace.read', async () => {
    if ((await findComponent(database.db, access.workspaceId, componentId)) === null) missingComponent(componentId);
    const [entry] = await database.db.select({ id: entries.id }).from(entries).where(and(eq(entries.componentId, componentId), eq(entries.id, entryId)));
    if (!entry) missingEntry(entryId);
    const before = decodeCursor(page.cursor, z.int());
    const rows = await selectChanges(database)
      .where(and(eq(entryChanges.componentId, componentId), eq(entryChanges.entryId, entryId), before === null ? undefined : lt(entryChanges.id, before)))
      .orderBy(desc(entryChanges.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => row.id, viewOf);
  });
}

function selectChanges(database: Database) {
  return database.db.select({
    id: entryChanges.id, at: entryChanges.at, field: entryChanges.field, before: entryChanges.before, after: entryChanges.after,
    userId: entryChanges.userId, userName: user.name, runId: runs.id, stepId: entryChanges.stepId, flowId: flows.id, flowName: flows.name, definition: flowVersions.definition,
  }).from(entryChanges)
    .leftJoin(user, eq(user.id, entryChanges.userId))
    .leftJoin(runs, eq(runs.id, sql`${entryChanges.runId}::uuid`))
    .leftJoin(flows, eq(flows.id, runs.flowId))
    .leftJoin(flowVersions, eq(flowVersions.id, runs.flowVersionId)).$dynamic();
}

type Row = Awaited<ReturnType<typeof selectChanges>>[number];
const json: z.ZodType<Json> = z.json();

function viewOf(row: Row): EntryChange {
  const ran = row.runId !== null && row.flowId !== null;
  return {
    id: row.id, at: row.at.toISOString(), field: row.field, before: json.parse(row.before ?? null), after: json.parse(row.after ?? null),
    user: row.userId === null ? null : { id: row.userId, name: row.userName ?? '' },
    run: ran ? { id: row.runId ?? '', flowId: row.flowId ?? '', flowName: row.flowName ?? '', stepId: row.stepId, stepName: stepName(row.definition, row.stepId) } : null,
  };
}

/** Without a full parse of the definition: only a name is looked up. */
function stepName(definition: unknown, stepId: string | null): string | null {
  const found = stepId === null ? undefined : descend(definition, 'lanes', 'stages', 'steps').find((step) => isJsonObject(step) && step['id'] === stepId);
  return isJsonObject(found) && typeof found['name'] === 'string' ? found['name'] : null;
}

function descend(value: unknown, ...keys: string[]): unknown[] {
  const [key, ...rest] = keys;
  if (key === undefined) return [value];
  const children = isJsonObject(value) ? value[key] : null;
  return Array.isArray(children) ? children.flatMap((child) => descend(child, ...rest)) : [];
}
