import { fieldNameOf } from '../../../evaluate';
import type { Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { readPath } from '../../../path';
import { isJsonObject } from '../../../json';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import { answerField, callerOf, callFoot, callParams, callProblems, envelope, envelopeOf, fileAnswer } from '../../call-steps';
import type { CallAnswer } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { atOnce, perItem } from '../../per-item';

export const executeApiCall = defineDataflowStep(
  {
    ...callParams,
    parametersMapping: field.mapping(text('Parameters mapping', 'Mappage des paramètres'), {
      target: { kind: 'endpointParameter', endpoint: 'queryPath', connector: 'connector' }, addLabel: text('Add parameter', 'Ajouter un paramètre'),
      help: text('Parameters of the endpoint; free ones are written query.q, path.id, header.X, body or body.name.', 'Paramètres du point d’accès ; les libres s’écrivent query.q, path.id, header.X, body ou body.nom.'),
    }),
    resultField: field.newField(text('Result store field', 'Champ de stockage du résultat'), { default: '_response' }),
    resultMode: field.choice(text('Result', 'Résultat'), [
      { value: 'body', label: text('Body of the answer', 'Corps de la réponse') }, { value: 'id', label: text('Id in the answer', 'Identifiant dans la réponse') }, { value: 'envelope', label: text('Status, headers and body', 'État, en-têtes et corps') },
    ], { default: 'body' }),
    idPath: field.text(text('Id path', 'Chemin de l’identifiant'), { default: 'id', maxLength: 500, showWhen: { param: 'resultMode', in: ['id'] } }),
    storeAsFile: field.flag(text('Store response as file', 'Enregistrer la réponse comme fichier')),
    timeoutMs: field.number(text('Timeout', 'Délai'), { integer: true, min: 1_000, max: 300_000, default: 30_000, unit: 'ms' }),
    failOnStatus: field.flag(text('Fail on HTTP error', 'Échouer sur erreur HTTP'), { default: true, help: text('Off: the result is always status, headers and body.', 'Désactivé : le résultat est toujours état, en-têtes et corps.') }),
  },
  {
    id: 'execute-api-call', group: 'output', class: 'async', version: 1, icon: 'globe', sources: 'one', cardinality: 'n→n',
    title: text('Execute API call', 'Exécuter l’appel API'), summary: text('Call another system’s API', 'Appelle l’API d’un autre système'),
    help: text(
      'Calls an endpoint of an integration system once per item: reads (Get), sends (Post, Put) or deletes (Delete). While the system takes its time the step is shown waiting and other branches go on. Get, Put and Delete are tried again after a passing fault, Post only where the endpoint is marked idempotent. Whoever looks after integrations keeps the credentials; a flow never sees them.\n\nThe result is the parsed body, the id of what was made, or status, headers and body together. Where the other system can answer in two ways, map the fields you need behind this step.',
      'Appelle un point d’accès d’un système d’intégration une fois par élément : lit (Get), envoie (Post, Put) ou supprime (Delete). Tant que le système prend son temps, l’étape est montrée en attente et les autres branches continuent. Get, Put et Delete sont réessayés après une panne passagère, Post seulement si le point d’accès est marqué idempotent. Les identifiants restent chez les responsables des intégrations ; un flux ne les voit jamais.\n\nLe résultat est le corps analysé, l’identifiant de ce qui a été créé, ou état, en-têtes et corps ensemble. Derrière cette étape, mappez les champs dont vous avez besoin.'),
    errors: ['SYSTEM_NOT_FOUND', 'CONNECTOR_NOT_FOUND', 'ENDPOINT_NOT_FOUND', 'CONNECTOR_AUTH', 'CONNECTOR_UNREACHABLE', 'HTTP_TIMEOUT', 'HTTP_STATUS', 'PARSE_ERROR', 'TYPE_MISMATCH', 'PARAM_REQUIRED', 'PARAM_INVALID', 'LIMIT_EXCEEDED'],
    examples: [],
    foot: callFoot,
    problems: (params, _sources, context) => callProblems(params, context),
    outputSchema: ({ queryPath, resultField, resultMode, storeAsFile, failOnStatus }, { source }, context) => {
      const body = storeAsFile ? fileAnswer : answerField(queryPath, context);
      const result: ModelField = resultMode === 'envelope' || failOnStatus === false ? envelopeOf(body) : resultMode === 'id' ? { type: 'unknown' } : body;
      return withFields(source, { [fieldNameOf(resultField, '_response')]: result });
    },
    run: async (params, { source }, use) => {
      const failOnStatus = params.failOnStatus ?? true;
      const { call } = await callerOf(params, { asFile: params.storeAsFile ?? false, failOnStatus, timeoutMs: params.timeoutMs ?? 30_000, repeats: ['Get', 'Put', 'Delete'] }, use);
      const name = fieldNameOf(params.resultField, '_response');
      const mode = failOnStatus ? (params.resultMode ?? 'body') : 'envelope';
      return perItem(source, use, async (item, index) => {
        const answer = await call(item, index, source.items);
        use.progress(index + 1, source.items.length);
        return { ...item, [name]: mode === 'envelope' ? envelope(answer) : mode === 'id' ? idOf(answer, params.idPath ?? 'id') : answer.body };
      }, source.many, atOnce.call);
    },
  },
);

/** What was made: in the body, else the last part of where it now is. */
function idOf({ body, headers }: CallAnswer, path: string): Json {
  const found = isJsonObject(body) ? readPath(body, path) : null;
  if (found !== null) return found;
  const last = (headers['location'] ?? '').split(/[?#]/)[0]?.split('/').filter((each) => each !== '').at(-1);
  return last ?? null;
}
