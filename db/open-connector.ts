import { and, eq, isNull, sql } from 'drizzle-orm';
import { shapeOf } from '#flow/answer-shape';
import { fail } from '#flow/failure';
import { ownAddress, pathTemplate, type ConnectorSettings } from '#flow/integration';
import type { Json } from '#flow/json';
import type { CallTarget } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { canonical } from './event-hash';
import type { Executor } from './client';
import { missingConnector, storedSettings } from './connectors';
import { credentialKey, openCredential, type CredentialKey } from './credentials';
import type { Env } from './env';
import { missingEndpoint } from './endpoints';
import { storedEndpoint, storedJson } from './integration-facts';
import { missingSystem } from './integrations';
import { recordChange } from './record-change';
import { connectors, connectorVersions, endpoints, endpointVersions, integrationSystems } from './schema';

/** For whoever calls out: without a check of rights, and the only place where a credential is opened. */
export type Pins = Record<string, string>;
/** What calling out needs of this installation. */
export type Calling = { key: CredentialKey; ownUrl: string };
export const callingOf = (env: Env): Calling => ({ key: credentialKey(env.secretKey), ownUrl: env.ownUrl });
export type OpenedConnector = { key: string; settings: ConnectorSettings; baseUrl: string; credential: string | null };

/** The connector as pinned; one that was deleted meanwhile is gone for everybody. */
export async function openConnector(db: Executor, { key, ownUrl }: Calling, workspaceId: string, id: string, pins: Pins = {}): Promise<OpenedConnector> {
  const [row] = await db.select({ current: connectors.versionId }).from(connectors).where(and(eq(connectors.id, id), eq(connectors.workspaceId, workspaceId), isNull(connectors.deletedAt)));
  if (!row) return missingConnector(id);
  const [version] = await db.select().from(connectorVersions).where(and(eq(connectorVersions.id, pins[id] ?? row.current), eq(connectorVersions.connectorId, id)));
  if (!version) throw new Error(`version ${pins[id] ?? row.current} of connector ${id} is missing`);
  const settings = storedSettings(version.settings);
  if (version.baseUrl === null) fail('PARAM_INVALID', text('The connector has no address, nor has its system. Enter one under Integrations.', 'Le connecteur n’a pas d’adresse, son système non plus. Saisissez-en une dans Intégrations.'), { path: 'connector' });
  const credential = version.credential === null ? null : openCredential(key, id, version.credential);
  if (version.credential !== null && credential === null) fail('CONNECTOR_AUTH', text('The credential of this connector cannot be opened: SECRET_KEY was changed. Enter it again under Integrations.', 'L’identifiant secret de ce connecteur ne peut être ouvert : SECRET_KEY a changé. Saisissez-le de nouveau dans Intégrations.'));
  const own = version.baseUrl === ownAddress || version.baseUrl.startsWith(`${ownAddress}/`);
  return { key: version.id, settings, baseUrl: own ? `${ownUrl}${version.baseUrl.slice(ownAddress.length)}` : version.baseUrl, credential };
}

/** What a step calls, as pinned. `queryPath` is an endpoint of the connector, or a path template. */
export async function findTarget(db: Executor, workspaceId: string, wanted: { systemId: string | null; connectorId: string; queryPath: string }, pins: Pins = {}): Promise<CallTarget> {
  const { systemId, connectorId, queryPath } = wanted;
  if (systemId !== null) {
    const [system] = await db.select({ id: integrationSystems.id }).from(integrationSystems).where(and(eq(integrationSystems.id, systemId), eq(integrationSystems.workspaceId, workspaceId), isNull(integrationSystems.deletedAt)));
    if (!system) missingSystem(systemId);
  }
  const [connector] = await db.select({ systemId: connectors.systemId }).from(connectors).where(and(eq(connectors.id, connectorId), eq(connectors.workspaceId, workspaceId), isNull(connectors.deletedAt)));
  if (!connector || (systemId !== null && connector.systemId !== systemId)) missingConnector(connectorId);
  if (queryPath.startsWith('/')) {
    if (!pathTemplate.safeParse(queryPath).success) fail('PARAM_INVALID', text(`"${queryPath.slice(0, 100)}" is not a path.`, `« ${queryPath.slice(0, 100)} » n’est pas un chemin.`), { path: 'queryPath' });
    return { connectorId, endpointId: null, path: queryPath, parameters: [], bodyKind: 'json', idempotent: false, declaredAnswer: null };
  }
  const [endpoint] = await db.select({ current: endpoints.versionId }).from(endpoints).where(and(eq(endpoints.id, queryPath), eq(endpoints.workspaceId, workspaceId), eq(endpoints.connectorId, connectorId), isNull(endpoints.deletedAt)));
  if (!endpoint) missingEndpoint(queryPath);
  const [version] = await db.select({ definition: endpointVersions.definition }).from(endpointVersions).where(and(eq(endpointVersions.id, pins[queryPath] ?? endpoint.current), eq(endpointVersions.endpointId, queryPath)));
  if (!version) throw new Error(`version ${pins[queryPath] ?? endpoint.current} of endpoint ${queryPath} is missing`);
  const { path, parameters, bodyKind, idempotent, responseSchema } = storedEndpoint(version.definition);
  return { connectorId, endpointId: queryPath, path, parameters, bodyKind, idempotent, declaredAnswer: responseSchema };
}

const largestSeen = 100_000;

/** Keeps the shape of an answer, so that pickers complete it; writes only what is new. */
export async function keepSeenShape(db: Executor, workspaceId: string, endpointId: string, body: Json): Promise<void> {
  const shape = shapeOf(body);
  const written = canonical(shape);
  if (written.length > largestSeen) return;
  const [row] = await db.select({ seen: endpoints.seenSchema }).from(endpoints).where(and(eq(endpoints.id, endpointId), eq(endpoints.workspaceId, workspaceId)));
  if (!row || canonical(storedJson(row.seen)) === written) return;
  await db.update(endpoints).set({ seenSchema: sql`${JSON.stringify(shape)}::jsonb` }).where(eq(endpoints.id, endpointId));
  await recordChange(db, { workspaceId, topic: 'integration', objectId: endpointId });
}
