import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { endpointDefinition, type EndpointDefinition, type IntegrationFacts } from '#flow/integration';
import type { Json } from '#flow/json';
import { fieldOfJsonSchema } from '#flow/schema-of';
import type { Executor } from './client';
import { connectors, endpoints, endpointVersions, integrationSystems } from './schema';

/** Names, paths and declared parameters of the workspace's integrations: what pickers and checks need, and nobody's secret. */
export async function integrationFacts(db: Executor, workspaceId: string): Promise<IntegrationFacts> {
  const systems = await db.select({ id: integrationSystems.id, name: integrationSystems.name }).from(integrationSystems)
    .where(and(eq(integrationSystems.workspaceId, workspaceId), isNull(integrationSystems.deletedAt))).orderBy(asc(integrationSystems.id));
  if (systems.length === 0) return { systems: [], connectors: [], endpoints: [] };
  const found = await db.select({ id: connectors.id, systemId: connectors.systemId, name: connectors.name }).from(connectors)
    .where(and(eq(connectors.workspaceId, workspaceId), isNull(connectors.deletedAt), inArray(connectors.systemId, systems.map((each) => each.id)))).orderBy(asc(connectors.id));
  const rows = found.length === 0 ? [] : await db.select({ id: endpoints.id, connectorId: endpoints.connectorId, definition: endpointVersions.definition, seen: endpoints.seenSchema }).from(endpoints)
    .innerJoin(endpointVersions, eq(endpointVersions.id, endpoints.versionId))
    .where(and(eq(endpoints.workspaceId, workspaceId), isNull(endpoints.deletedAt), inArray(endpoints.connectorId, found.map((each) => each.id)))).orderBy(asc(endpoints.id));
  return {
    systems, connectors: found.map((each) => ({ ...each, kind: 'http' })),
    endpoints: rows.map(({ definition, seen, id, connectorId }) => {
      const { name, path, methods, parameters, idempotent, bodyKind, responseSchema } = storedEndpoint(definition);
      const answer = responseSchema ?? storedJson(seen);
      return { id, connectorId, name, path, methods, parameters, idempotent, bodyKind, answer: answer === null ? null : fieldOfJsonSchema(answer) };
    }),
  };
}

export const storedEndpoint = (definition: unknown): EndpointDefinition => endpointDefinition.parse(definition);

const json: z.ZodType<Json> = z.json();
export const storedJson = (stored: unknown): Json => json.parse(stored ?? null);

/** The versions that a new run is to keep: `pins` by id of the connector or endpoint. */
export async function integrationPins(db: Executor, workspaceId: string, ids: readonly string[]): Promise<Record<string, string>> {
  if (ids.length === 0) return {};
  const found = await db.select({ id: connectors.id, version: connectors.versionId }).from(connectors).where(and(eq(connectors.workspaceId, workspaceId), inArray(connectors.id, [...ids]), isNull(connectors.deletedAt)));
  const ends = await db.select({ id: endpoints.id, version: endpoints.versionId }).from(endpoints).where(and(eq(endpoints.workspaceId, workspaceId), inArray(endpoints.id, [...ids]), isNull(endpoints.deletedAt)));
  return Object.fromEntries([...found, ...ends].map((each) => [each.id, each.version]));
}
