import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { connectorSettings, defaultSettings, type ConnectorPatch, type ConnectorSettings, type NewConnector } from '#flow/integration';
import { text } from '#flow/text';
import { allows, type Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { sealCredential, type CredentialKey } from './credentials';
import { lockSystem } from './integrations';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { connectors, connectorVersions, endpoints, integrationSystems } from './schema';

/** `settings` and `baseUrl` are for those who look after integrations, null for others; the credential is for nobody. */
export type ConnectorView = {
  id: string; systemId: string; name: string; kind: 'http'; version: number; settings: ConnectorSettings | null; baseUrl: string | null; hasCredential: boolean; createdAt: string; updatedAt: string;
};
export const mostConnectors = 1_000;

function select(db: Executor) {
  const key = sql<string>`lower(${connectors.name}) collate "C"`;
  return db.select({ row: connectors, version: connectorVersions, key }).from(connectors)
    .innerJoin(connectorVersions, eq(connectorVersions.id, connectors.versionId)).innerJoin(integrationSystems, and(eq(integrationSystems.id, connectors.systemId), isNull(integrationSystems.deletedAt))).$dynamic();
}
type Row = Pick<Awaited<ReturnType<typeof select>>[number], 'row' | 'version'>;

export const storedSettings = (settings: unknown): ConnectorSettings => connectorSettings.parse(settings);

function viewOf({ row, version }: Row, access: Access): ConnectorView {
  const settings = allows(access.role, 'integrations.manage') ? storedSettings(version.settings) : null;
  return {
    id: row.id, systemId: row.systemId, name: row.name, kind: 'http', version: version.number, settings, baseUrl: settings === null ? null : version.baseUrl, hasCredential: version.credential !== null,
    createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString(),
  };
}

const connectorIs = (workspaceId: string, id: string) => and(eq(connectors.id, id), eq(connectors.workspaceId, workspaceId), isNull(connectors.deletedAt));

export async function listConnectors(database: Database, access: Access, page: Page & { systemId?: string | undefined }): Promise<Result<Listed<ConnectorView>>> {
  return permitted(access, 'workspace.read', async () => {
    const after = decodeCursor(page.cursor, z.tuple([z.string(), z.string()]));
    const key = sql`lower(${connectors.name}) collate "C"`;
    const rows = await select(database.db)
      .where(and(eq(connectors.workspaceId, access.workspaceId), isNull(connectors.deletedAt), page.systemId === undefined ? undefined : eq(connectors.systemId, page.systemId), after ? sql`(${key}, ${connectors.id}) > (${after[0]}, ${after[1]})` : undefined))
      .orderBy(key, asc(connectors.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (each) => [each.key, each.row.id], (each) => viewOf(each, access));
  });
}

export async function getConnector(database: Database, access: Access, id: string): Promise<Result<{ connector: ConnectorView }>> {
  return permitted(access, 'workspace.read', async () => ({ connector: viewOf(await readConnector(database.db, access.workspaceId, id), access) }));
}

export async function createConnector(database: Database, access: Access, key: CredentialKey, wanted: NewConnector): Promise<Result<{ connector: ConnectorView }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    const id = await insertConnector(tx, access.workspaceId, access.user?.id ?? null, key, wanted);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'connector.created', objectId: id, data: { name: wanted.name } });
    return { connector: viewOf(await readConnector(tx, access.workspaceId, id), access) };
  }));
}

export async function insertConnector(tx: Executor, workspaceId: string, userId: string | null, key: CredentialKey | null, wanted: NewConnector): Promise<string> {
  const system = await lockSystem(tx, workspaceId, wanted.systemId);
  const [count] = await tx.select({ count: sql<number>`count(*)::int` }).from(connectors).where(and(eq(connectors.workspaceId, workspaceId), isNull(connectors.deletedAt)));
  if ((count?.count ?? 0) >= mostConnectors) fail('LIMIT_EXCEEDED', text(`A workspace has at most ${mostConnectors} connectors.`, `Un espace a au plus ${mostConnectors} connecteurs.`));
  const { systemId, name, credential, kind: _kind, ...given } = wanted;
  const settings = storedSettings({ ...defaultSettings, ...present(given) });
  const [id, versionId] = [newId('con'), newId('cnv')];
  await tx.insert(connectors).values({ id, workspaceId, systemId, name, versionId, createdBy: userId });
  await tx.insert(connectorVersions).values({ id: versionId, connectorId: id, number: 1, settings, baseUrl: settings.address ?? system.baseUrl, credential: sealedOf(key, id, settings, credential), createdBy: userId });
  await recordChange(tx, { workspaceId, topic: 'integration', objectId: id });
  return id;
}

function sealedOf(key: CredentialKey | null, id: string, settings: ConnectorSettings, credential: string | null | undefined): Buffer | null {
  if (!credential || settings.auth.type === 'none') return null;
  if (key === null) throw new Error('a credential cannot be stored without a key');
  return sealCredential(key, id, credential);
}

/**
 * Every change makes a new version; runs under way keep theirs. The credential stays with the server it was entered for:
 * another origin, token server or kind of sign-in drops it unless it is given again, so that nobody can have it sent
 * to a server of their own.
 */
export async function updateConnector(database: Database, access: Access, key: CredentialKey, id: string, patch: ConnectorPatch): Promise<Result<{ connector: ConnectorView }>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    const before = await readConnector(tx, access.workspaceId, id, true);
    const system = await lockSystem(tx, access.workspaceId, before.row.systemId);
    const { name, credential, ...given } = patch;
    const settings = storedSettings({ ...storedSettings(before.version.settings), ...present(given) });
    const after = { settings, baseUrl: settings.address ?? system.baseUrl };
    const credentialAfter = credential === undefined ? (keepsCredential(before.version, after) ? before.version.credential : null) : sealedOf(key, id, settings, credential);
    await newVersion(tx, access, before, { ...after, credential: credentialAfter });
    if (name !== undefined) await tx.update(connectors).set({ name }).where(eq(connectors.id, id));
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'connector.changed', objectId: id, data: { credentialChanged: credential !== undefined } });
    await recordChange(tx, { workspaceId: access.workspaceId, topic: 'integration', objectId: id });
    return { connector: viewOf(await readConnector(tx, access.workspaceId, id), access) };
  }));
}

type Aim = { settings: unknown; baseUrl: string | null };

function keepsCredential(before: Aim, after: Aim): boolean {
  const origin = (url: string | null) => (url !== null && URL.canParse(url) ? new URL(url).origin : null);
  const [old, next] = [storedSettings(before.settings), storedSettings(after.settings)];
  const tokenUrl = ({ auth }: ConnectorSettings) => (auth.type === 'oauth2' ? auth.tokenUrl : null);
  return origin(before.baseUrl) === origin(after.baseUrl) && old.auth.type === next.auth.type && tokenUrl(old) === tokenUrl(next);
}

async function newVersion(tx: Executor, access: Access, { row, version }: Row, next: { settings: ConnectorSettings; baseUrl: string | null; credential: Uint8Array | null }): Promise<void> {
  const versionId = newId('cnv');
  await tx.insert(connectorVersions).values({ id: versionId, connectorId: row.id, number: version.number + 1, ...next, createdBy: access.user?.id ?? null });
  await tx.update(connectors).set({ versionId, updatedAt: sql`now()` }).where(eq(connectors.id, row.id));
}

/** The system moved: connectors without an address of their own go along. */
export async function readdress(tx: Executor, access: Access, systemId: string, baseUrl: string | null): Promise<void> {
  const rows = await select(tx).where(and(eq(connectors.systemId, systemId), isNull(connectors.deletedAt))).orderBy(asc(connectors.id));
  for (const each of rows) {
    const settings = storedSettings(each.version.settings);
    if (settings.address !== null) continue;
    await newVersion(tx, access, each, { settings, baseUrl, credential: keepsCredential(each.version, { settings, baseUrl }) ? each.version.credential : null });
  }
}

export async function deleteConnector(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'integrations.manage', () => database.db.transaction(async (tx) => {
    await readConnector(tx, access.workspaceId, id, true);
    await eraseConnectors(tx, access, { connectorId: id });
    return {};
  }));
}

/** Marks connectors and their endpoints as deleted; their credentials are gone for good, from every version. */
export async function eraseConnectors(tx: Executor, access: Access, which: { systemId: string } | { connectorId: string }): Promise<void> {
  const chosen: SQL | undefined = and(eq(connectors.workspaceId, access.workspaceId), isNull(connectors.deletedAt), 'systemId' in which ? eq(connectors.systemId, which.systemId) : eq(connectors.id, which.connectorId));
  const gone = await tx.update(connectors).set({ deletedAt: sql`now()` }).where(chosen).returning({ id: connectors.id });
  const ids = gone.map((each) => each.id);
  if (ids.length === 0) return;
  await tx.update(connectorVersions).set({ credential: null }).where(inArray(connectorVersions.connectorId, ids));
  await tx.update(endpoints).set({ deletedAt: sql`now()` }).where(and(inArray(endpoints.connectorId, ids), isNull(endpoints.deletedAt)));
  for (const id of ids) {
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'connector.deleted', objectId: id });
    await recordChange(tx, { workspaceId: access.workspaceId, topic: 'integration', objectId: id, deleted: true });
  }
}

export async function readConnector(db: Executor, workspaceId: string, id: string, lock = false): Promise<Row> {
  const found = select(db).where(connectorIs(workspaceId, id));
  const [row] = await (lock ? found.for('update', { of: connectors }) : found);
  return row ?? missingConnector(id);
}

/** Keys left out of a patch stay as they are. */
function present(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

export function missingConnector(id: string): never {
  return fail('CONNECTOR_NOT_FOUND', text(`There is no connector "${id}" in this workspace. GET /connectors lists them.`, `Il n’y a pas de connecteur « ${id} » dans cet espace. GET /connectors les liste.`));
}
