import { isJsonObject, type Json, type JsonObject } from '../../../json';
import type { ModelSchema } from '../../../model-schema';
import { text } from '../../../text';
import { answerField, callerOf, callFoot, callParams, callProblems } from '../../call-steps';
import type { CallAnswer } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';

export const getValuesFromConnector = defineDataflowStep(
  {
    ...callParams,
    parametersMapping: field.mapping(text('Parameters mapping', 'Mappage des paramètres'), {
      target: { kind: 'endpointParameter', endpoint: 'queryPath', connector: 'connector' }, forms: ['const', 'expr'], addLabel: text('Add parameter', 'Ajouter un paramètre'),
      help: text('Parameters of the endpoint; free ones are written query.q, path.id, header.X, body or body.name.', 'Paramètres du point d’accès ; les libres s’écrivent query.q, path.id, header.X, body ou body.nom.'),
    }),
  },
  {
    id: 'get-values-from-connector', group: 'input', class: 'read', version: 1, icon: 'cloud', sources: 'none', cardinality: '→1',
    title: text('Get values from connector', 'Obtenir des Valeurs du Connecteur'), summary: text('Fetch data from an external system', 'Récupère les données d’un système externe'),
    help: text(
      'Fetches data from an external system through a connector and gives the parsed answer as one item; a list comes as {"value": […]}, so that "Extract collection" can take it. Put it first in a flow that a schedule or a person starts.',
      'Récupère les données d’un système externe par un connecteur et donne la réponse analysée comme un élément ; une liste vient comme {"value": […]}, pour que « Extraire la collection » puisse la prendre. À placer en tête d’un flux lancé par un horaire ou une personne.'),
    errors: ['SYSTEM_NOT_FOUND', 'CONNECTOR_NOT_FOUND', 'ENDPOINT_NOT_FOUND', 'CONNECTOR_AUTH', 'CONNECTOR_UNREACHABLE', 'HTTP_STATUS', 'HTTP_TIMEOUT', 'PARSE_ERROR', 'PARAM_INVALID', 'LIMIT_EXCEEDED'],
    examples: [],
    foot: callFoot,
    problems: (params, _sources, context) => callProblems(params, context),
    outputSchema: ({ queryPath }, _sources, context): ModelSchema => {
      const answer = answerField(queryPath, context);
      if (answer.type === 'array') return { cardinality: 'one', open: false, fields: { value: { ...answer } } };
      return { cardinality: 'one', open: answer.type !== 'object' || (answer.open ?? false), fields: { ...answer.fields } };
    },
    run: async (params, _input, use) => {
      const { call } = await callerOf(params, { asFile: false, failOnStatus: true, timeoutMs: undefined, repeats: ['Get'] }, use);
      return { kind: 'items', items: [itemOf(await call({}, 0, []))], many: false };
    },
  },
);

function itemOf({ body, isFile }: CallAnswer): JsonObject {
  if (isFile) return { file: body };
  if (Array.isArray(body)) return { value: body };
  if (body === null) return {};
  return isJsonObject(body) ? body : textItem(body);
}

const textItem = (body: Json): JsonObject => (typeof body === 'string' ? { text: body } : { value: body });
