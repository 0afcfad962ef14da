import { shapeMismatch } from '../answer-shape';
import { endpointOf } from '../check-integration';
import { requestOf, targetText, type GivenParameter } from '../endpoint-request';
import { getterOf } from '../evaluate';
import { callMethods, templateParameters, type CallMethod } from '../integration';
import type { Json, JsonObject } from '../json';
import type { ModelField } from '../model-schema';
import type { StepProblem } from '../problems';
import { text, type Text } from '../text';
import type { MappingRow } from '../value';
import type { CallAnswer, CallTarget, EndpointCall, Item, StepUse } from './capabilities';
import type { StaticContext } from './define-step';
import { field } from './field';

/** What the steps that call another system share: whom, how, and with which parameters. */
const labels: { [M in CallMethod]: Text } = { Get: text('Get', 'Get'), Post: text('Post', 'Post'), Put: text('Put', 'Put'), Delete: text('Delete', 'Delete') };

export const callParams = {
  system: field.system(text('System', 'Système'), { required: true, clears: ['connector', 'queryPath', 'method'] }),
  connector: field.connector(text('Connector', 'Connecteur'), { required: true, within: 'system', clears: ['queryPath'] }),
  queryPath: field.endpoint(text('Query path', 'Chemin de requête'), {
    required: true, within: 'connector', free: true, help: text('An endpoint of the connector, or a path of your own such as /orders/{id}.', 'Un point d’accès du connecteur, ou un chemin à vous comme /orders/{id}.'),
  }),
  method: field.choice(text('Method name', 'Nom de méthode'), callMethods.map((value) => ({ value, label: labels[value] })), { required: true, default: 'Get' }),
};

export type CallParams = { system?: string | undefined; connector?: string | undefined; queryPath?: string | undefined; method?: CallMethod | undefined; parametersMapping?: MappingRow[] | undefined };

export function callFoot({ method, queryPath }: CallParams, { index }: StaticContext): Text {
  const endpoint = endpointOf(queryPath, index.integrations);
  const path = endpoint?.path ?? (queryPath?.startsWith('/') ? queryPath : '');
  return path === '' ? text('', '') : text(`${method ?? 'Get'} ${path}`, `${method ?? 'Get'} ${path}`);
}

/** Beyond what each parameter says of itself: the method must be allowed, and required parameters mapped. */
export function callProblems({ queryPath, method, parametersMapping }: CallParams, { index }: StaticContext): StepProblem[] {
  const endpoint = endpointOf(queryPath, index.integrations);
  const path = endpoint?.path ?? (queryPath?.startsWith('/') ? queryPath : undefined);
  if (path === undefined) return [];
  const found: StepProblem[] = [];
  if (endpoint && method && !endpoint.methods.includes(method)) {
    const allowed = endpoint.methods.join(', ');
    found.push({ code: 'PARAM_INVALID', param: 'method', text: text(`"${endpoint.name}" allows ${allowed} only.`, `« ${endpoint.name} » ne permet que ${allowed}.`) });
  }
  const mapped = new Set((parametersMapping ?? []).map((row) => row.target));
  const isMapped = (place: string, name: string) => mapped.has(`${place}.${name}`) || mapped.has(name) || (place === 'body' && (mapped.has('body') || [...mapped].some((each) => each.startsWith(`body.${name}.`) || (name === '' && each.startsWith('body.')))));
  const needed = [
    ...templateParameters(path).map((name) => ({ in: 'path' as const, name })),
    ...(endpoint?.parameters ?? []).filter((each) => each.required && each.in !== 'path' && !(each.in === 'body' && method === 'Get')),
  ];
  for (const each of needed) {
    const declared = endpoint?.parameters.find((other) => other.in === each.in && other.name === each.name);
    if (isMapped(each.in, each.name) || (declared?.default ?? null) !== null) continue;
    const name = targetText(each);
    found.push({ code: 'PARAM_REQUIRED', param: 'parametersMapping', text: text(`The parameter "${name}" is required. Add a row for it.`, `Le paramètre « ${name} » est obligatoire. Ajoutez une ligne pour lui.`) });
  }
  const body = (parametersMapping ?? []).findIndex((row) => row.target === 'body' || row.target.startsWith('body.'));
  if (body >= 0 && method === 'Get') found.push({ code: 'PARAM_INVALID', param: `parametersMapping[${body}].target`, text: text('A Get call sends no body.', 'Un appel Get n’envoie pas de corps.') });
  return found;
}

export type Caller = { target: CallTarget; call: (item: Item, index: number, items: readonly Item[]) => Promise<CallAnswer> };
type Ways = Pick<EndpointCall, 'asFile' | 'failOnStatus' | 'timeoutMs'> & { /** Methods tried again although the endpoint is not marked idempotent. */ repeats: readonly CallMethod[] };

/** Bound once per run of the step; the parameters' values are read for every item. */
export async function callerOf(params: CallParams, { repeats, ...ways }: Ways, use: StepUse): Promise<Caller> {
  const method = params.method ?? 'Get';
  const target = await use.callTarget({ systemId: params.system ?? '', connectorId: params.connector ?? '', queryPath: params.queryPath ?? '' });
  const rows = (params.parametersMapping ?? []).map((row) => ({ target: row.target, get: getterOf(row.value, use) }));
  const repeatable = target.idempotent || repeats.includes(method);
  let told = false;
  const call = async (item: Item, index: number, items: readonly Item[]): Promise<CallAnswer> => {
    const given: GivenParameter[] = rows.map((row) => ({ target: row.target, value: row.get(item, items) }));
    const answer = await use.callEndpoint(index, { target, method, request: requestOf(target, method, given), repeatable, ...ways });
    const mismatch = told || answer.isFile || answer.status >= 300 || target.declaredAnswer === null ? null : shapeMismatch(target.declaredAnswer, answer.body);
    if (mismatch) {
      told = true;
      use.warn(text(`The answer is not as declared: ${mismatch.text.en}.`, `La réponse n’est pas comme déclarée : ${mismatch.text.fr}.`));
    }
    return answer;
  };
  return { target, call };
}

/** What is known of an answer's body. */
export function answerField(queryPath: string | undefined, { index }: StaticContext): ModelField {
  return endpointOf(queryPath, index.integrations)?.answer ?? { type: 'unknown', open: true };
}

export const fileAnswer: ModelField = { type: 'file' };
export const envelopeOf = (body: ModelField): ModelField => ({ type: 'object', open: false, fields: { status: { type: 'integer' }, headers: { type: 'object', open: true, fields: {} }, body } });
export const envelope = (answer: CallAnswer): JsonObject => ({ status: answer.status, headers: { ...answer.headers }, body: answer.body });
export const isPresent = (value: Json | undefined): value is Json => value !== undefined && value !== null;
