import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import type { newSystem, systemPatch } from '#flow/integration';
import { text } from '#flow/text';
import type { Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { eraseConnectors, readdress } from './connectors';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { integrationSystems } from './schema';

/** Integration systems: the outside systems a workspace talks to. */
export type SystemView = { id: string; name: string; description: string; baseUrl: string | null; environment: string; createdAt: string; updatedAt: string };
export const mostSystems = 500;

const viewOf = (row: typeof integrationSystems.$inferSelect): SystemView => ({
  id: row.id, name: row.name, description: row.description, baseUrl: row.baseUrl, environment: row.environment, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(),
});
const systemIs = (workspaceId: string, id: string) => and(eq(integrationSystems.id, id), eq(integrationSystems.workspaceId, workspaceId), isNull(integrationSystems.deletedAt));

export async function listSystems(database: Database, access: Access, page: Page): Promise<Result<Listed<SystemView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.string(), z.string()]));
    const key = sql<string>`lower(${integrationSystems.name}) collate "C"`;
    const rows = await database.db.select({ row: integrationSystems, key }).from(integrationSystems)
      .where(and(eq(integrationSystems.workspaceId, access.workspaceId), isNull(integrationSystems.deletedAt), after ? sql`(${key}, ${integrationSystems.id}) > (${after[0]}, ${after[1]})` : undefined))
      .orderBy(key, asc(integrationSystems.id)).limit(page.limit + 1);
    return paged(rows, page.limit, ({ row, key: name }) => [name, row.id], ({ row }) => viewOf(row));
  });
}

export async function getSystem(database: Database, access: Access, id: string): Promise<Result<{ system: SystemView }>> {
  return permitted(access, 'workspace.read', async () => ({ system: await viewSystem(database.db, access.workspaceId, id) }));
}

export async function createSystem(database: Database, access: Access, wanted: z.infer<typeof newSystem>): Promise<Result<{ system: SystemView }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    const id = await insertSystem(tx, access.workspaceId, access.user?.id ?? null, wanted);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'system.created', objectId: id, data: { name: wanted.name } });
    return { system: await viewSystem(tx, access.workspaceId, id) };
  }));
}

export async function insertSystem(tx: Executor, workspaceId: string, userId: string | null, wanted: z.infer<typeof newSystem>): Promise<string> {
  const [count] = await tx.select({ count: sql<number>`count(*)::int` }).from(integrationSystems).where(and(eq(integrationSystems.workspaceId, workspaceId), isNull(integrationSystems.deletedAt)));
  if ((count?.count ?? 0) >= mostSystems) fail('LIMIT_EXCEEDED', text(`A workspace has at most ${mostSystems} systems.`, `Un espace a au plus ${mostSystems} systèmes.`));
  const id = newId('sys');
  await tx.insert(integrationSystems).values({ id, workspaceId, name: wanted.name, description: wanted.description ?? '', baseUrl: wanted.baseUrl ?? null, environment: wanted.environment ?? '', createdBy: userId });
  await recordChange(tx, { workspaceId, topic: 'integration', objectId: id });
  return id;
}

/** Another base address holds for connectors without one of their own; their credentials do not follow to another server. */
export async function updateSystem(database: Database, access: Access, id: string, patch: z.infer<typeof systemPatch>): Promise<Result<{ system: SystemView }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    const before = await lockSystem(tx, access.workspaceId, id);
    const baseUrl = patch.baseUrl === undefined ? before.baseUrl : patch.baseUrl;
    await tx.update(integrationSystems).set({
      name: patch.name ?? before.name, description: patch.description ?? before.description, baseUrl, environment: patch.environment ?? before.environment, updatedAt: sql`now()`,
    }).where(eq(integrationSystems.id, id));
    if (baseUrl !== before.baseUrl) await readdress(tx, access, id, baseUrl);
    await noted(tx, access, 'system.changed', id);
    return { system: await viewSystem(tx, access.workspaceId, id) };
  }));
}

export async function deleteSystem(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    await lockSystem(tx, access.workspaceId, id);
    await eraseConnectors(tx, access, { systemId: id });
    await tx.update(integrationSystems).set({ deletedAt: sql`now()` }).where(eq(integrationSystems.id, id));
    await noted(tx, access, 'system.deleted', id);
    return {};
  }));
}

async function noted(tx: Executor, access: Access, action: string, id: string): Promise<void> {
  await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action, objectId: id });
  await recordChange(tx, { workspaceId: access.workspaceId, topic: 'integration', objectId: id, deleted: action.endsWith('.deleted') });
}

export async function lockSystem(tx: Executor, workspaceId: string, id: string): Promise<typeof integrationSystems.$inferSelect> {
  const [row] = await tx.select().from(integrationSystems).where(systemIs(workspaceId, id)).for('update');
  return row ?? missingSystem(id);
}

async function viewSystem(db: Executor, workspaceId: string, id: string): Promise<SystemView> {
  const [row] = await db.select().from(integrationSystems).where(systemIs(workspaceId, id));
  return row ? viewOf(row) : missingSystem(id);
}

export function missingSystem(id: string): never {
  return fail('SYSTEM_NOT_FOUND', text(`There is no integration system "${id}" in this workspace. GET /systems lists them.`, `Il n’y a pas de système d’intégration « ${id} » dans cet espace. GET /systems les liste.`));
}
