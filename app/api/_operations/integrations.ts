import { z } from 'zod';
import { errorCode } from '#flow/error-code';
import { id } from '#flow/id';
import { callMethod, connectorPatch, connectorSettings, endpointDefinition, endpointPatch, newConnector, newEndpoint, newSystem, pathTemplate, systemPatch } from '#flow/integration';
import { longestDocument } from '#flow/openapi-text';
import { described, iso, json, listOf, ok, operation, pageQuery, text } from './operation';

const system = z.object({ id, name: z.string(), description: z.string(), baseUrl: z.string().nullable(), environment: z.string(), createdAt: iso, updatedAt: iso }).meta({ id: 'System' });
const connector = z.object({
  id, systemId: id, name: z.string(), kind: z.literal('http'), version: z.int(), settings: connectorSettings.nullable(), baseUrl: z.string().nullable(), hasCredential: z.boolean(), createdAt: iso, updatedAt: iso,
}).meta({ id: 'Connector', ...described('`settings` and `baseUrl` are null for those who may not manage integrations. The credential is written, never read.', '`settings` et `baseUrl` sont null pour qui ne peut pas gérer les intégrations. Le secret s’écrit, il ne se lit jamais.') });
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
  listSystems: operation({ method: 'GET', path: '/systems', right: 'workspace.read', summary: { en: 'Integration systems by name.', fr: 'Les systèmes d’intégration par nom.' }, query: z.object(pageQuery), answers: { 200: listOf(system) } }),
  createSystem: operation({ method: 'POST', path: '/systems', right: manage, summary: { en: 'Makes an integration system.', fr: 'Crée un système d’intégration.' }, body: newSystem, answers: { 201: system }, errors: ['LIMIT_EXCEEDED'] }),
  getSystem: operation({ method: 'GET', path: '/systems/:systemId', right: 'workspace.read', summary: { en: 'An integration system.', fr: 'Un système d’intégration.' }, params: ofSystem, answers: { 200: system }, errors: [noSystem] }),
  updateSystem: operation({
    method: 'PATCH', path: '/systems/:systemId', right: manage, summary: { en: 'Changes a system. A base address on another server drops the credentials of connectors that use it.', fr: 'Modifie un système. Une adresse de base sur un autre serveur efface les secrets des connecteurs qui s’en servent.' },
    params: ofSystem, body: systemPatch, answers: { 200: system }, errors: [noSystem],
  }),
  deleteSystem: operation({ method: 'DELETE', path: '/systems/:systemId', right: manage, summary: { en: 'Deletes a system with its connectors and endpoints; their credentials are erased.', fr: 'Supprime un système avec ses connecteurs et ses points d’accès ; leurs secrets sont effacés.' }, params: ofSystem, answers: { 200: ok }, errors: [noSystem] }),
  systemUses: operation({ method: 'GET', path: '/systems/:systemId/uses', right: manage, summary: { en: 'Flows and steps that would break without it.', fr: 'Les flux et les étapes qui ne marcheraient plus sans lui.' }, params: ofSystem, answers: { 200: uses }, errors: [noSystem] }),
  listConnectors: operation({ method: 'GET', path: '/connectors', right: 'workspace.read', summary: { en: 'Connectors by name, of all systems or of one.', fr: 'Les connecteurs par nom, de tous les systèmes ou d’un seul.' }, query: z.object({ ...pageQuery, systemId: id.optional() }), answers: { 200: listOf(connector) } }),
  createConnector: operation({
    method: 'POST', path: '/connectors', right: manage, summary: { en: 'Makes a connector. `credential` is the password, token, key or client secret of `auth`; nobody can read it back.', fr: 'Crée un connecteur. `credential` est le mot de passe, le jeton, la clé ou le secret client de `auth` ; personne ne peut le relire.' },
    body: newConnector, answers: { 201: connector }, errors: [noSystem, 'LIMIT_EXCEEDED'],
  }),
  getConnector: operation({ method: 'GET', path: '/connectors/:connectorId', right: 'workspace.read', summary: { en: 'A connector.', fr: 'Un connecteur.' }, params: ofConnector, answers: { 200: connector }, errors: [noConnector] }),
  updateConnector: operation({
    method: 'PATCH', path: '/connectors/:connectorId', right: manage, summary: { en: 'Changes a connector for runs that begin from now on. Another server, token server or kind of sign-in drops the credential unless it is sent along; null erases it.', fr: 'Modifie un connecteur pour les exécutions qui commencent désormais. Un autre serveur, un autre serveur de jetons ou un autre mode d’authentification efface le secret, sauf s’il est envoyé aussi ; null l’efface.' },
    params: ofConnector, body: connectorPatch, answers: { 200: connector }, errors: [noConnector, noSystem],
  }),
  deleteConnector: operation({ method: 'DELETE', path: '/connectors/:connectorId', right: manage, summary: { en: 'Deletes a connector with its endpoints and erases its credential.', fr: 'Supprime un connecteur avec ses points d’accès et efface son secret.' }, params: ofConnector, answers: { 200: ok }, errors: [noConnector] }),
  connectorUses: operation({ method: 'GET', path: '/connectors/:connectorId/uses', right: manage, summary: { en: 'Flows and steps that would break without it.', fr: 'Les flux et les étapes qui ne marcheraient plus sans lui.' }, params: ofConnector, answers: { 200: uses }, errors: [noConnector] }),
  testConnector: operation({
    method: 'POST', path: '/connectors/:connectorId/test', right: manage, summary: { en: 'Calls an endpoint, or a path, with sample values and answers what came back, without credentials.', fr: 'Appelle un point d’accès, ou un chemin, avec des valeurs d’essai et rend ce qui est revenu, sans les secrets.' },
    params: ofConnector,
    body: z.strictObject({ endpointId: id.optional(), path: pathTemplate.optional(), method: callMethod.default('Get'), values: z.array(z.strictObject({ target: z.string().min(1).max(500), value: json })).max(100).default([]) }),
    answers: { 200: tested }, errors: [noConnector, noEndpoint],
  }),
  importEndpoints: operation({
    method: 'POST', path: '/connectors/:connectorId/import', right: manage, summary: { en: 'Reads an OpenAPI 3 document (JSON or YAML). Without `choose` it answers what it found; with it the chosen ones become endpoints.', fr: 'Lit un document OpenAPI 3 (JSON ou YAML). Sans `choose`, rend ce qu’il a trouvé ; avec, ce qui est choisi devient des points d’accès.' },
    params: ofConnector, body: z.strictObject({ document: z.string().max(longestDocument + 1), choose: z.array(z.string().min(1).max(300)).min(1).max(500).optional() }),
    answers: { 200: z.object({ title: z.string(), server: z.string().nullable(), endpoints: z.array(imported), skipped: z.array(z.object({ key: z.string(), reason: z.string() })) }), 201: z.object({ created: z.array(endpoint) }) },
    errors: [noConnector, 'PARSE_ERROR', 'VALIDATION_FAILED', 'TOO_LARGE', 'LIMIT_EXCEEDED'],
  }),
  listEndpoints: operation({ method: 'GET', path: '/endpoints', right: 'workspace.read', summary: { en: 'Endpoints by name, of all connectors or of one.', fr: 'Les points d’accès par nom, de tous les connecteurs ou d’un seul.' }, query: z.object({ ...pageQuery, connectorId: id.optional() }), answers: { 200: listOf(endpoint) } }),
  createEndpoint: operation({ method: 'POST', path: '/endpoints', right: manage, summary: { en: 'Makes an endpoint.', fr: 'Crée un point d’accès.' }, body: newEndpoint, answers: { 201: endpoint }, errors: [noConnector, 'VALIDATION_FAILED', 'LIMIT_EXCEEDED'] }),
  getEndpoint: operation({ method: 'GET', path: '/endpoints/:endpointId', right: 'workspace.read', summary: { en: 'An endpoint.', fr: 'Un point d’accès.' }, params: ofEndpoint, answers: { 200: endpoint }, errors: [noEndpoint] }),
  updateEndpoint: operation({ method: 'PATCH', path: '/endpoints/:endpointId', right: manage, summary: { en: 'Changes an endpoint for runs that begin from now on.', fr: 'Modifie un point d’accès pour les exécutions qui commencent désormais.' }, params: ofEndpoint, body: endpointPatch, answers: { 200: endpoint }, errors: [noEndpoint, 'VALIDATION_FAILED'] }),
  deleteEndpoint: operation({ method: 'DELETE', path: '/endpoints/:endpointId', right: manage, summary: { en: 'Deletes an endpoint.', fr: 'Supprime un point d’accès.' }, params: ofEndpoint, answers: { 200: ok }, errors: [noEndpoint] }),
  endpointUses: operation({ method: 'GET', path: '/endpoints/:endpointId/uses', right: manage, summary: { en: 'Flows and steps that would break without it.', fr: 'Les flux et les étapes qui ne marcheraient plus sans lui.' }, params: ofEndpoint, answers: { 200: uses }, errors: [noEndpoint] }),
};
