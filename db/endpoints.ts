import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { endpointDefinition, templateParameters, type EndpointDefinition, type EndpointPatch, type NewEndpoint } from '#flow/integration';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import type { Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { readConnector } from './connectors';
import { storedEndpoint, storedJson } from './integration-facts';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { connectors, endpoints, endpointVersions } from './schema';

/** `seenSchema`: the shape of the answer that came last, where none is declared. */
export type EndpointView = EndpointDefinition & { id: string; connectorId: string; version: number; seenSchema: Json; createdAt: string; updatedAt: string };
export const mostEndpoints = 2_000;

function select(db: Executor) {
  const key = sql<string>`lower(${endpointVersions.definition}->>'name') collate "C"`;
  return db.select({ row: endpoints, version: endpointVersions, key }).from(endpoints)
    .innerJoin(endpointVersions, eq(endpointVersions.id, endpoints.versionId)).innerJoin(connectors, and(eq(connectors.id, endpoints.connectorId), isNull(connectors.deletedAt))).$dynamic();
}
type Row = Pick<Awaited<ReturnType<typeof select>>[number], 'row' | 'version'>;

const viewOf = ({ row, version }: Row): EndpointView => ({
  id: row.id, connectorId: row.connectorId, version: version.number, ...storedEndpoint(version.definition), seenSchema: storedJson(row.seenSchema), createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(),
});

export async function listEndpoints(database: Database, access: Access, page: Page & { connectorId?: string | undefined }): Promise<Result<Listed<EndpointView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.string(), z.string()]));
    const key = sql`lower(${endpointVersions.definition}->>'name') collate "C"`;
    const rows = await select(database.db)
      .where(and(eq(endpoints.workspaceId, access.workspaceId), isNull(endpoints.deletedAt), page.connectorId === undefined ? undefined : eq(endpoints.connectorId, page.connectorId), after ? sql`(${key}, ${endpoints.id}) > (${after[0]}, ${after[1]})` : undefined))
      .orderBy(key, asc(endpoints.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (each) => [each.key, each.row.id], viewOf);
  });
}

export async function getEndpoint(database: Database, access: Access, id: string): Promise<Result<{ endpoint: EndpointView }>> {
  return permitted(access, 'workspace.read', async () => ({ endpoint: viewOf(await readEndpoint(database.db, access.workspaceId, id)) }));
}

/** All or none: an import that fails in the middle leaves nothing behind. */
export async function createEndpoints(database: Database, access: Access, connectorId: string, wanted: readonly Omit<NewEndpoint, 'connectorId'>[]): Promise<Result<{ endpoints: EndpointView[] }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    await readConnector(tx, access.workspaceId, connectorId, true);
    const ids: string[] = [];
    for (const each of wanted) ids.push(await insertEndpoint(tx, access.workspaceId, access.user?.id ?? null, connectorId, each));
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'endpoint.created', objectId: connectorId, data: { endpoints: ids.slice(0, 100) } });
    const made: EndpointView[] = [];
    for (const id of ids) made.push(viewOf(await readEndpoint(tx, access.workspaceId, id)));
    return { endpoints: made };
  }));
}

export async function insertEndpoint(tx: Executor, workspaceId: string, userId: string | null, connectorId: string, wanted: Omit<NewEndpoint, 'connectorId'>): Promise<string> {
  const [count] = await tx.select({ count: sql<number>`count(*)::int` }).from(endpoints).where(and(eq(endpoints.workspaceId, workspaceId), isNull(endpoints.deletedAt)));
  if ((count?.count ?? 0) >= mostEndpoints) fail('LIMIT_EXCEEDED', text(`A workspace has at most ${mostEndpoints} endpoints.`, `Un espace a au plus ${mostEndpoints} points d’accès.`));
  const definition = checked({ name: wanted.name, path: wanted.path, methods: wanted.methods ?? ['Get'], parameters: wanted.parameters ?? [], responseSchema: wanted.responseSchema ?? null, idempotent: wanted.idempotent ?? false, bodyKind: wanted.bodyKind ?? 'json' });
  const [id, versionId] = [newId('enp'), newId('env')];
  await tx.insert(endpoints).values({ id, workspaceId, connectorId, versionId, createdBy: userId });
  await tx.insert(endpointVersions).values({ id: versionId, endpointId: id, number: 1, definition });
  await recordChange(tx, { workspaceId, topic: 'integration', objectId: id });
  return id;
}

export async function updateEndpoint(database: Database, access: Access, id: string, patch: EndpointPatch): Promise<Result<{ endpoint: EndpointView }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    const { row, version } = await readEndpoint(tx, access.workspaceId, id, true);
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const definition = checked(endpointDefinition.parse({ ...storedEndpoint(version.definition), ...given }));
    const versionId = newId('env');
    await tx.insert(endpointVersions).values({ id: versionId, endpointId: id, number: version.number + 1, definition });
    await tx.update(endpoints).set({ versionId, updatedAt: sql`now()` }).where(eq(endpoints.id, row.id));
    await noted(tx, access, 'endpoint.changed', id);
    return { endpoint: viewOf(await readEndpoint(tx, access.workspaceId, id)) };
  }));
}

export async function deleteEndpoint(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    await readEndpoint(tx, access.workspaceId, id, true);
    await tx.update(endpoints).set({ deletedAt: sql`now()` }).where(eq(endpoints.id, id));
    await noted(tx, access, 'endpoint.deleted', id);
    return {};
  }));
}

/** Parameters are unique by place and name, and those of the path are in it. */
function checked(definition: EndpointDefinition): EndpointDefinition {
  const seen = new Set<string>();
  const inPath = new Set(templateParameters(definition.path));
  for (const [index, each] of definition.parameters.entries()) {
    const key = `${each.in} ${each.in === 'header' ? each.name.toLowerCase() : each.name}`;
    if (seen.has(key)) fail('VALIDATION_FAILED', text(`The parameter "${each.name}" (${each.in}) is declared twice.`, `Le paramètre « ${each.name} » (${each.in}) est déclaré deux fois.`), { path: `parameters[${index}].name` });
    seen.add(key);
    if (each.in === 'path' && !inPath.has(each.name)) fail('VALIDATION_FAILED', text(`The path ${definition.path} has no parameter "${each.name}". Write {${each.name}} into it.`, `Le chemin ${definition.path} n’a pas de paramètre « ${each.name} ». Écrivez-y {${each.name}}.`), { path: `parameters[${index}].name` });
  }
  if (JSON.stringify(definition.responseSchema).length > 200_000) fail('VALIDATION_FAILED', text('The schema of the answer is longer than 200,000 characters.', 'Le schéma de la réponse dépasse 200 000 caractères.'), { path: 'responseSchema' });
  return definition;
}

async function noted(tx: Executor, access: Access, action: string, id: string): Promise<void> {
  await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action, objectId: id });
  await recordChange(tx, { workspaceId: access.workspaceId, topic: 'integration', objectId: id, deleted: action.endsWith('.deleted') });
}

export async function readEndpoint(db: Executor, workspaceId: string, id: string, lock = false): Promise<Row> {
  const found = select(db).where(and(eq(endpoints.id, id), eq(endpoints.workspaceId, workspaceId), isNull(endpoints.deletedAt)));
  const [row] = await (lock ? found.for('update', { of: endpoints }) : found);
  return row ?? missingEndpoint(id);
}

export function missingEndpoint(id: string): never {
  return fail('ENDPOINT_NOT_FOUND', text(`There is no endpoint "${id}" in this workspace. GET /endpoints lists them.`, `Il n’y a pas de point d’accès « ${id} » dans cet espace. GET /endpoints les liste.`));
}
