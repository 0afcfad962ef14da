import { z } from 'zod';
import { errorCode } from '#flow/error-code';
import { id } from '#flow/id';
import { callMethod, connectorPatch, connectorSettings, endpointDefinition, endpointPatch, newConnector, newEndpoint, newSystem, pathTemplate, systemPatch } from '#flow/integration';
import { longestDocument } from '#flow/openapi-text';
import { iso, json, listOf, ok, operation, pageQuery, text } from './operation';

const system = z.object({ id, name: z.string(), description: z.string(), baseUrl: z.string().nullable(), environment: z.string(), createdAt: iso, updatedAt: iso }).meta({ id: 'System' });
const connector = z.object({
  id, systemId: id, name: z.string(), kind: z.literal('http'), version: z.int(), settings: connectorSettings.nullable(), baseUrl: z.string().nullable(), hasCredential: z.boolean(), createdAt: iso, updatedAt: iso,
}).meta({ id: 'Connector', description: '`settings` and `baseUrl` are null for those who may not manage integrations. The credential is written, never read.' });
const endpoint = endpointDefinition.extend({ id, connectorId: id, version: z.int(), seenSchema: json, responseSchema: json, createdAt: iso, updatedAt: iso }).meta({ id: 'Endpoint' });
const imported = endpointDefinition.extend({ key: z.string(), responseSchema: json });
const uses = z.object({ items: z.array(z.object({ flowId: id, name: z.string(), steps: z.array(z.string()), published: z.boolean() })) });
const tested = z.discriminatedUnion('reached', [
  z.object({ reached: z.literal(true), method: z.string(), url: z.string(), status: z.int(), durationMs: z.int(), headers: z.record(z.string(), z.string()), body: json, bodyKind: z.enum(['none', 'json', 'text', 'binary', 'broken']), sizeBytes: z.int(), truncated: z.boolean() }),
  z.object({ reached: z.literal(false), failure: z.object({ code: errorCode, message: z.string(), text, path: z.string().optional(), details: json.optional() }) }),
]);

const ofSystem = z.object({ systemId: id });
const ofConnector = z.object({ connectorId: id });
const ofEndpoint = z.object({ endpointId: id });
const [noSystem, noConnector, noEndpoint] = ['SYSTEM_NOT_FOUND', 'CONNECTOR_NOT_FOUND', 'ENDPOINT_NOT_FOUND'] as const;
const manage = 'integrations.manage';

export const integrations = {
  listSystems: operation({ method: 'GET', path: '/systems', right: 'workspace.read', summary: 'Integration systems by name.', query: z.object(pageQuery), answers: { 200: listOf(system) } }),
  createSystem: operation({ method: 'POST', path: '/systems', right: manage, summary: 'Makes an integration system.', body: newSystem, answers: { 201: system }, errors: ['LIMIT_EXCEEDED'] }),
  getSystem: operation({ method: 'GET', path: '/systems/:systemId', right: 'workspace.read', summary: 'An integration system.', params: ofSystem, answers: { 200: system }, errors: [noSystem] }),
  updateSystem: operation({
    method: 'PATCH', path: '/systems/:systemId', right: manage, summary: 'Changes a system. A base address on another server drops the credentials of connectors that use it.',
    params: ofSystem, body: systemPatch, answers: { 200: system }, errors: [noSystem],
  }),
  deleteSystem: operation({ method: 'DELETE', path: '/systems/:systemId', right: manage, summary: 'Deletes a system with its connectors and endpoints; their credentials are erased.', params: ofSystem, answers: { 200: ok }, errors: [noSystem] }),
  systemUses: operation({ method: 'GET', path: '/systems/:systemId/uses', right: manage, summary: 'Flows and steps that would break without it.', params: ofSystem, answers: { 200: uses }, errors: [noSystem] }),
  listConnectors: operation({ method: 'GET', path: '/connectors', right: 'workspace.read', summary: 'Connectors by name, of all systems or of one.', query: z.object({ ...pageQuery, systemId: id.optional() }), answers: { 200: listOf(connector) } }),
  createConnector: operation({
    method: 'POST', path: '/connectors', right: manage, summary: 'Makes a connector. `credential` is the password, token, key or client secret of `auth`; nobody can read it back.',
    body: newConnector, answers: { 201: connector }, errors: [noSystem, 'LIMIT_EXCEEDED'],
  }),
  getConnector: operation({ method: 'GET', path: '/connectors/:connectorId', right: 'workspace.read', summary: 'A connector.', params: ofConnector, answers: { 200: connector }, errors: [noConnector] }),
  updateConnector: operation({
    method: 'PATCH', path: '/connectors/:connectorId', right: manage, summary: 'Changes a connector for runs that begin from now on. Another server, token server or kind of sign-in drops the credential unless it is sent along; null erases it.',
    params: ofConnector, body: connectorPatch, answers: { 200: connector }, errors: [noConnector, noSystem],
  }),
  deleteConnector: operation({ method: 'DELETE', path: '/connectors/:connectorId', right: manage, summary: 'Deletes a connector with its endpoints and erases its credential.', params: ofConnector, answers: { 200: ok }, errors: [noConnector] }),
  connectorUses: operation({ method: 'GET', path: '/connectors/:connectorId/uses', right: manage, summary: 'Flows and steps that would break without it.', params: ofConnector, answers: { 200: uses }, errors: [noConnector] }),
  testConnector: operation({
    method: 'POST', path: '/connectors/:connectorId/test', right: manage, summary: 'Calls an endpoint, or a path, with sample values and answers what came back, without credentials.',
    params: ofConnector,
    body: z.strictObject({ endpointId: id.optional(), path: pathTemplate.optional(), method: callMethod.default('Get'), values: z.array(z.strictObject({ target: z.string().min(1).max(500), value: json })).max(100).default([]) }),
    answers: { 200: tested }, errors: [noConnector, noEndpoint],
  }),
  importEndpoints: operation({
    method: 'POST', path: '/connectors/:connectorId/import', right: manage, summary: 'Reads an OpenAPI 3 document (JSON or YAML). Without `choose` it answers what it found; with it the chosen ones become endpoints.',
    params: ofConnector, body: z.strictObject({ document: z.string().max(longestDocument + 1), choose: z.array(z.string().min(1).max(300)).min(1).max(500).optional() }),
    answers: { 200: z.object({ title: z.string(), server: z.string().nullable(), endpoints: z.array(imported), skipped: z.array(z.object({ key: z.string(), reason: z.string() })) }), 201: z.object({ created: z.array(endpoint) }) },
    errors: [noConnector, 'PARSE_ERROR', 'VALIDATION_FAILED', 'TOO_LARGE', 'LIMIT_EXCEEDED'],
  }),
  listEndpoints: operation({ method: 'GET', path: '/endpoints', right: 'workspace.read', summary: 'Endpoints by name, of all connectors or of one.', query: z.object({ ...pageQuery, connectorId: id.optional() }), answers: { 200: listOf(endpoint) } }),
  createEndpoint: operation({ method: 'POST', path: '/endpoints', right: manage, summary: 'Makes an endpoint.', body: newEndpoint, answers: { 201: endpoint }, errors: [noConnector, 'VALIDATION_FAILED', 'LIMIT_EXCEEDED'] }),
  getEndpoint: operation({ method: 'GET', path: '/endpoints/:endpointId', right: 'workspace.read', summary: 'An endpoint.', params: ofEndpoint, answers: { 200: endpoint }, errors: [noEndpoint] }),
  updateEndpoint: operation({ method: 'PATCH', path: '/endpoints/:endpointId', right: manage, summary: 'Changes an endpoint for runs that begin from now on.', params: ofEndpoint, body: endpointPatch, answers: { 200: endpoint }, errors: [noEndpoint, 'VALIDATION_FAILED'] }),
  deleteEndpoint: operation({ method: 'DELETE', path: '/endpoints/:endpointId', right: manage, summary: 'Deletes an endpoint.', params: ofEndpoint, answers: { 200: ok }, errors: [noEndpoint] }),
  endpointUses: operation({ method: 'GET', path: '/endpoints/:endpointId/uses', right: manage, summary: 'Flows and steps that would break without it.', params: ofEndpoint, answers: { 200: uses }, errors: [noEndpoint] }),
};
