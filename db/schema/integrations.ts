import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, bytea } from './columns';
import { workspaces } from './workspaces';

export const integrationSystems = pgTable('integration_systems', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  description: text().notNull().default(''),
  baseUrl: text('base_url'),
  environment: text().notNull().default(''),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('integration_systems_workspace').on(table.workspaceId)]);

/** The newest version of a connector is the one new runs pin. */
export const connectors = pgTable('connectors', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  systemId: text('system_id').notNull().references(() => integrationSystems.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  kind: text().notNull().default('http'),
  versionId: text('version_id').notNull(),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('connectors_system').on(table.systemId), index('connectors_workspace').on(table.workspaceId)]);

/** Immutable but for the credential, which is erased with the connector. `credential` is sealed (db/credentials.ts). */
export const connectorVersions = pgTable('connector_versions', {
  id: text().primaryKey(),
  connectorId: text('connector_id').notNull().references(() => connectors.id, { onDelete: 'cascade' }),
  number: integer().notNull(),
  /** `ConnectorSettings` of flow/integration.ts. */
  settings: jsonb().notNull(),
  /** Where calls go: the connector's own address, else the system's as it was; null when neither was set. */
  baseUrl: text('base_url'),
  credential: bytea(),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [uniqueIndex('connector_versions_number').on(table.connectorId, table.number)]);

export const endpoints = pgTable('endpoints', {
  id: text().primaryKey(),
  workspaceId: text('workspace_id').notNull().references(() => workspaces.id, { onDelete: 'cascade' }),
  connectorId: text('connector_id').notNull().references(() => connectors.id, { onDelete: 'cascade' }),
  versionId: text('version_id').notNull(),
  /** Shape of the answer seen last, where none is declared. */
  seenSchema: jsonb('seen_schema'),
  createdBy: text('created_by'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
  deletedAt: at('deleted_at'),
}, (table) => [index('endpoints_connector').on(table.connectorId), index('endpoints_workspace').on(table.workspaceId)]);

/** `definition` is an `EndpointDefinition` of flow/integration.ts; never changed. */
export const endpointVersions = pgTable('endpoint_versions', {
  id: text().primaryKey(),
  endpointId: text('endpoint_id').notNull().references(() => endpoints.id, { onDelete: 'cascade' }),
  number: integer().notNull(),
  definition: jsonb().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
}, (table) => [uniqueIndex('endpoint_versions_number').on(table.endpointId, table.number)]);

/** At most so many calls of a connector at once, over all workers: a place is held until it is given back or runs out. */
export const connectorPlaces = pgTable('connector_places', {
  connectorId: text('connector_id').notNull().references(() => connectors.id, { onDelete: 'cascade' }),
  place: integer().notNull(),
  holder: text().notNull(),
  until: at('until').notNull(),
}, (table) => [primaryKey({ columns: [table.connectorId, table.place] })]);

/** When the next call of a rate-limited connector may begin. */
export const connectorPace = pgTable('connector_pace', {
  connectorId: text('connector_id').primaryKey().references(() => connectors.id, { onDelete: 'cascade' }),
  nextAt: at('next_at').notNull().default(sql`now()`),
});
