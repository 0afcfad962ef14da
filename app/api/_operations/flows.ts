import { z } from 'zod';
import { definitionLimits, flowKind, flowSettings } from '#flow/flow';
import { id } from '#flow/id';
import { code, described, json, jsonObject, label, listOf, ok, operation, pageQuery } from './operation';

export const ofFlow = z.object({ flowId: id });
const versionNumber = z.string().regex(/^\d{1,9}$/, 'a version is a whole number').transform(Number).pipe(z.int().min(1));
export const definition = z.looseObject({ schema: z.literal(1), kind: flowKind, name: z.string(), lanes: z.array(z.unknown()) }).meta({ id: 'Definition' });
const problem = z.looseObject({ code, level: z.enum(['error', 'warning']), stepId: id.optional(), stageId: id.optional(), param: z.string().optional(), message: z.string() }).meta({ id: 'Problem' });
const summary = z.looseObject({ id, kind: flowKind, name: z.string(), componentId: id, publishedVersion: z.int().nullable() });
const flow = summary.extend({ definition, problems: z.array(problem) }).meta({ id: 'Flow' });
const version = z.looseObject({ number: z.int(), message: z.string().nullable(), seq: z.int() });
export const missing = 'FLOW_NOT_FOUND';

export const flows = {
  listFlows: operation({
    method: 'GET', path: '/flows', right: 'workspace.read', summary: { en: 'Flows, of one component or of all.', fr: 'Les flux, d’un composant ou de tous.' },
    query: z.object({ ...pageQuery, componentId: id.optional() }), answers: { 200: listOf(summary) }, errors: ['COMPONENT_NOT_FOUND'],
  }),
  createFlow: operation({
    method: 'POST', path: '/flows', right: 'flows.edit', summary: { en: 'Makes a flow, empty or from a definition.', fr: 'Crée un flux, vide ou à partir d’une définition.' },
    body: z.strictObject({ componentId: id, kind: flowKind, name: label(definitionLimits.nameLength), definition: json.optional() }),
    answers: { 201: z.object({ id }) }, errors: ['COMPONENT_NOT_FOUND', 'DEFINITION_INVALID'],
  }),
  getFlow: operation({ method: 'GET', path: '/flows/:flowId', right: 'workspace.read', summary: { en: 'A flow with the definition of its draft and the problems in it.', fr: 'Un flux avec la définition de son brouillon et les problèmes qu’elle contient.' }, params: ofFlow, answers: { 200: flow }, errors: [missing] }),
  patchFlow: operation({
    method: 'PATCH', path: '/flows/:flowId', right: 'flows.edit', summary: { en: 'Changes the name, the restriction or the settings, through the live document.', fr: 'Modifie le nom, la restriction ou les paramètres, à travers le document partagé.' },
    params: ofFlow, body: z.strictObject({ name: label(definitionLimits.nameLength).optional(), restrictAccess: z.boolean().optional(), settings: flowSettings.optional() }),
    answers: { 200: flow }, errors: [missing, 'DEFINITION_INVALID'],
  }),
  deleteFlow: operation({
    method: 'DELETE', path: '/flows/:flowId', right: 'flows.edit', summary: { en: 'Deletes a flow. Refused while runs of it are open.', fr: 'Supprime un flux. Refusé tant que des exécutions sont en cours.' },
    params: ofFlow, answers: { 200: ok }, errors: [missing, 'STATE_INVALID', 'CONFLICT', 'REFERENCE_IN_USE'],
  }),
  replaceDefinition: operation({
    method: 'PUT', path: '/flows/:flowId/definition', right: 'flows.edit', summary: { en: 'Replaces the draft through the live document; open editors see it at once.', fr: 'Remplace le brouillon à travers le document partagé ; les éditeurs ouverts le voient aussitôt.' },
    params: ofFlow, body: json.meta(described('A bare flow definition, as GET /flows/{flowId} gives it under `definition`.', 'Une définition de flux telle quelle, comme GET /flows/{flowId} la donne sous `definition`.')), answers: { 200: z.looseObject({ problems: z.array(problem) }) }, errors: [missing, 'DEFINITION_INVALID', 'CONFLICT'],
  }),
  publishFlow: operation({
    method: 'POST', path: '/flows/:flowId/publish', right: 'flows.publish', summary: { en: 'Publishes the draft as the next version. Blocked by problems of level error.', fr: 'Publie le brouillon comme version suivante. Les problèmes de niveau « error » l’empêchent.' },
    params: ofFlow, body: z.strictObject({ message: z.string().max(2_000).optional() }), answers: { 201: z.object({ version: z.int() }) }, errors: [missing, 'FLOW_HAS_PROBLEMS', 'CONFLICT'],
  }),
  publishPreview: operation({
    method: 'GET', path: '/flows/:flowId/publish-preview', right: 'workspace.read', summary: { en: 'What publishing would change, and who changed it.', fr: 'Ce que publier changerait, et qui l’a modifié.' },
    params: ofFlow, answers: { 200: z.looseObject({ diff: jsonObject, authors: jsonObject, problems: z.array(problem) }) }, errors: [missing],
  }),
  unpublishFlow: operation({
    method: 'POST', path: '/flows/:flowId/unpublish', right: 'flows.publish', summary: { en: 'Takes the published version out of use; versions stay.', fr: 'Retire la version publiée du service ; les versions restent.' },
    params: ofFlow, answers: { 200: ok }, errors: [missing, 'NOT_PUBLISHED'],
  }),
  rollbackFlow: operation({
    method: 'POST', path: '/flows/:flowId/rollback', right: 'flows.publish', summary: { en: 'Makes an earlier version the published one again.', fr: 'Remet en service une version antérieure.' },
    params: ofFlow, body: z.strictObject({ version: z.int().min(1).max(999_999_999) }), answers: { 200: z.object({ version: z.int() }) }, errors: [missing, 'VERSION_NOT_FOUND', 'FLOW_HAS_PROBLEMS', 'CONFLICT'],
  }),
  flowApi: operation({
    method: 'GET', path: '/flows/:flowId/openapi.json', right: 'workspace.read', summary: {
      en: 'The OpenAPI document of a published dataflow whose setting "Generate API definition" is on: what it takes and what it answers.',
      fr: 'Le document OpenAPI d’un flux de données publié dont le réglage « Générer la définition d’API » est actif : ce qu’il prend et ce qu’il répond.',
    },
    params: ofFlow, answers: { 200: jsonObject }, errors: [missing, 'NOT_PUBLISHED', 'STATE_INVALID'],
  }),
  listVersions: operation({ method: 'GET', path: '/flows/:flowId/versions', right: 'workspace.read', summary: { en: 'Published versions, newest first.', fr: 'Les versions publiées, de la plus récente à la plus ancienne.' }, params: ofFlow, query: z.object(pageQuery), answers: { 200: listOf(version) }, errors: [missing] }),
  getVersion: operation({
    method: 'GET', path: '/flows/:flowId/versions/:number', right: 'workspace.read', summary: { en: 'A version with its definition.', fr: 'Une version avec sa définition.' },
    params: z.object({ flowId: id, number: versionNumber }), answers: { 200: version.extend({ definition }) }, errors: [missing, 'VERSION_NOT_FOUND'],
  }),
};
