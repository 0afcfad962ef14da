import { parameterTarget } from './endpoint-request';
import { headerName, isReservedHeader, pathTemplate, type EndpointFacts, type IntegrationFacts } from './integration';
import type { Json, JsonObject } from './json';
import type { FieldType } from './model-schema';
import type { StepProblem } from './problems';
import type { ParamMeta } from './steps/field';
import { text } from './text';

/** References to systems, connectors and endpoints, each within the one before it. */
type Ref = Extract<ParamMeta, { widget: 'ref' }>;

export function integrationProblems(place: string, id: string, meta: Ref, params: JsonObject, known: IntegrationFacts | undefined): StepProblem[] {
  if (meta.of === 'system') {
    if (known?.systems.some((each) => each.id === id)) return [];
    return [{ code: 'SYSTEM_NOT_FOUND', param: place, text: text('This integration system does not exist any more. Choose another.', 'Ce système d’intégration n’existe plus. Choisissez-en un autre.') }];
  }
  if (meta.of === 'connector') {
    const within = params[meta.within];
    if (known?.connectors.some((each) => each.id === id && (typeof within !== 'string' || each.systemId === within))) return [];
    return [{ code: 'CONNECTOR_NOT_FOUND', param: place, text: text('This connector does not exist any more, or belongs to another system. Choose another.', 'Ce connecteur n’existe plus, ou appartient à un autre système. Choisissez-en un autre.') }];
  }
  if (meta.of !== 'endpoint') return [];
  if (meta.free && id.startsWith('/')) {
    if (pathTemplate.safeParse(id).success) return [];
    return [{ code: 'PARAM_INVALID', param: place, text: text('A path begins with "/" and names its parameters in braces, as /orders/{id}.', 'Un chemin commence par « / » et nomme ses paramètres entre accolades, comme /orders/{id}.') }];
  }
  if (known?.endpoints.some((each) => each.id === id && each.connectorId === params[meta.within])) return [];
  return [{ code: 'ENDPOINT_NOT_FOUND', param: place, text: text('This endpoint does not exist any more, or belongs to another connector. Choose another.', 'Ce point d’accès n’existe plus, ou appartient à un autre connecteur. Choisissez-en un autre.') }];
}

export const endpointOf = (queryPath: Json | undefined, known: IntegrationFacts | undefined): EndpointFacts | undefined => known?.endpoints.find((each) => each.id === queryPath);

/** A row of a parameters mapping: what it names, and the declared type. */
export function parameterProblems(place: string, target: string, queryPath: Json, known: IntegrationFacts | undefined): { problems: StepProblem[]; type?: FieldType } {
  const endpoint = endpointOf(queryPath, known);
  const at = parameterTarget(target, endpoint?.parameters ?? []);
  const invalid = (en: string, fr: string) => ({ problems: [{ code: 'PARAM_INVALID' as const, param: place, text: text(en, fr) }] });
  if (!at) return invalid(`"${target}" is no declared parameter. Write path.…, query.…, header.… or body.… for a free one.`, `« ${target} » n’est pas un paramètre déclaré. Écrivez path.…, query.…, header.… ou body.… pour un paramètre libre.`);
  if (at.in === 'header' && (!headerName.safeParse(at.name).success || isReservedHeader(at.name))) return invalid(`"${at.name}" is not a header that can be set.`, `« ${at.name} » n’est pas un en-tête que l’on peut fixer.`);
  const path = endpoint?.path ?? (typeof queryPath === 'string' && queryPath.startsWith('/') ? queryPath : null);
  if (at.in === 'path' && path !== null && !path.includes(`{${at.name}}`)) return invalid(`The path ${path} has no parameter "${at.name}".`, `Le chemin ${path} n’a pas de paramètre « ${at.name} ».`);
  const declared = endpoint?.parameters.find((each) => each.in === at.in && each.name === at.name);
  const type = declared?.type;
  return { problems: [], ...(type && !(at.in === 'query' && type === 'array') ? { type } : {}) };
}
