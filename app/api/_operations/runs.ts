import { z } from 'zod';
import { flowKind } from '#flow/flow';
import { id } from '#flow/id';
import { runStatuses, stepStatuses } from '#flow/run-state';
import { code, iso, json, jsonObject, listOf, listText, operation, pageQuery, queryNumber, truth } from './operation';

const status = z.enum(runStatuses).meta({ id: 'RunStatus' });
const ofRun = z.object({ runId: id });
const version = z.union([z.int().min(1).max(999_999_999), z.literal('draft')]);
export const failed = z.looseObject({ code, message: z.string(), stepId: id.optional(), itemIndex: z.int().optional(), path: z.string().optional() }).meta({ id: 'Failure' });
const summary = z.looseObject({
  id: z.string(), flowId: id, version: z.int().nullable(), draft: z.boolean(), kind: flowKind, status, warnings: z.int(), trigger: z.string(),
  parentRunId: z.string().nullable(), forkedFrom: z.string().nullable(), forkedAtSeq: z.int().nullable(), attempt: z.int(), createdAt: iso, startedAt: iso.nullable(), finishedAt: iso.nullable(),
});
const stepRun = z.looseObject({ status: z.enum(stepStatuses), attempt: z.int(), itemsIn: z.int().nullable(), itemsOut: z.int().nullable(), startedAt: iso.nullable(), finishedAt: iso.nullable() }).meta({ id: 'StepRun' });
const run = summary.extend({ steps: z.record(z.string(), stepRun), output: json, error: failed.nullable() }).meta({ id: 'Run' });
/** `status` comes along when the caller waited in vain. */
const accepted = z.object({ runId: z.string(), status: status.optional() });
const ended = z.object({ runId: z.string(), status, output: json, error: failed.optional(), warnings: z.int() });
const instance = z.looseObject({ id, flowId: id, entryId: z.int().nullable(), state: z.string(), attempt: z.int(), runs: z.array(z.string()) }).meta({ id: 'Instance' });
const entryIds = z.string().regex(/^\d{1,10}(,\d{1,10}){0,199}$/, 'ids of entries separated by commas, at most 200').transform((given) => given.split(',').map(Number)).pipe(z.array(z.int().min(1).max(2_147_483_647)));
const missing = 'RUN_NOT_FOUND';
const statuses = listText(runStatuses);

export const runs = {
  startRun: operation({
    method: 'POST', path: '/flows/:flowId/runs', right: 'runs.start',
    summary: { en: 'Starts a run: of the published version, of a numbered one or of the draft. With waitSeconds it answers 200 with the output when the run ended in time, else 202.', fr: 'Démarre une exécution : de la version publiée, d’une version numérotée ou du brouillon. Avec waitSeconds, répond 200 avec la sortie si l’exécution s’est terminée à temps, sinon 202.' },
    params: z.object({ flowId: id }),
    body: z.strictObject({
      input: json.optional(), entryId: z.int().min(1).max(2_147_483_647).optional(), version: version.optional(),
      idempotencyKey: z.string().min(1).max(200).optional(), waitSeconds: z.number().min(0).max(60).optional(),
    }),
    answers: { 200: ended, 202: accepted },
    errors: ['FLOW_NOT_FOUND', 'NOT_PUBLISHED', 'VERSION_NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'FLOW_HAS_PROBLEMS', 'ENTRY_NOT_FOUND', 'WORKFLOW_ALREADY_RUNNING', 'VALIDATION_FAILED', 'TYPE_MISMATCH'],
  }),
  listRuns: operation({
    method: 'GET', path: '/runs', right: 'workspace.read', summary: { en: 'Runs, newest first, without payloads. `status` takes several, separated by commas.', fr: 'Les exécutions, de la plus récente à la plus ancienne, sans contenus. `status` en prend plusieurs, séparés par des virgules.' },
    query: z.object({
      ...pageQuery, flowId: id.optional(), componentId: id.optional(), status: statuses.optional(), startedBy: id.optional(), trigger: z.string().max(40).optional(),
      from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional(), q: z.string().max(200).optional(),
    }),
    answers: { 200: listOf(summary) },
  }),
  getRun: operation({
    method: 'GET', path: '/runs/:runId', right: 'workspace.read', summary: { en: 'A run with its steps, output and error; with `definition=1` also the definition that ran.', fr: 'Une exécution avec ses étapes, sa sortie et son erreur ; avec `definition=1`, aussi la définition exécutée.' },
    params: ofRun, query: z.object({ definition: z.enum(['0', '1', 'false', 'true']).optional().transform((text) => text === '1' || text === 'true') }), answers: { 200: run }, errors: [missing],
  }),
  runEvents: operation({
    method: 'GET', path: '/runs/:runId/events', right: 'workspace.read', summary: { en: 'The log of a run from `after` + 1, without gaps. At most 1,000 at once.', fr: 'Le journal d’une exécution à partir de `after` + 1, sans trou. 1 000 événements au plus à la fois.' },
    params: ofRun, query: z.object({ after: queryNumber(0, 2_147_483_647, 0), limit: queryNumber(1, 1_000, 500) }),
    answers: { 200: z.object({ items: z.array(z.looseObject({ seq: z.int(), type: z.string(), at: iso, data: jsonObject })), nextCursor: z.union([z.string(), z.int()]).nullable() }) }, errors: [missing],
  }),
  runItems: operation({
    method: 'GET', path: '/runs/:runId/steps/:stepId/items', right: 'workspace.read', summary: { en: 'Recorded items that went into or came out of a step.', fr: 'Les éléments enregistrés qui sont entrés dans une étape ou en sont sortis.' },
    params: z.object({ runId: id, stepId: id }),
    query: z.object({ side: z.enum(['in', 'out']).default('out'), port: z.enum(['source', 'left', 'right']).optional(), offset: queryNumber(0, 10_000_000, 0), limit: queryNumber(1, 200, 50) }),
    answers: { 200: z.looseObject({ items: z.array(json) }) }, errors: [missing, 'STEP_NOT_FOUND'],
  }),
  cancelRun: operation({ method: 'POST', path: '/runs/:runId/cancel', right: 'runs.control', summary: { en: 'Asks a run to stop.', fr: 'Demande à une exécution de s’arrêter.' }, params: ofRun, answers: { 202: accepted }, errors: [missing, 'STATE_INVALID'] }),
  pauseRun: operation({ method: 'POST', path: '/runs/:runId/pause', right: 'runs.control', summary: { en: 'Lets what runs finish and starts nothing new until the run is let go on.', fr: 'Laisse finir ce qui s’exécute et ne commence rien de nouveau jusqu’à la reprise de l’exécution.' }, params: ofRun, answers: { 202: accepted }, errors: [missing, 'STATE_INVALID'] }),
  unpauseRun: operation({ method: 'POST', path: '/runs/:runId/unpause', right: 'runs.control', summary: { en: 'Lets a paused run go on.', fr: 'Laisse continuer une exécution en pause.' }, params: ofRun, answers: { 202: accepted }, errors: [missing, 'STATE_INVALID'] }),
  resumeRun: operation({
    method: 'POST', path: '/runs/:runId/resume', right: 'runs.control', summary: { en: 'Goes on from the failed step with the recorded results of those before it.', fr: 'Continue à partir de l’étape en échec avec les résultats enregistrés de celles d’avant.' },
    params: ofRun, body: z.strictObject({ fromStep: id.optional(), version: version.optional() }), answers: { 202: accepted }, errors: [missing, 'STATE_INVALID', 'STEP_NOT_FOUND', 'VERSION_NOT_FOUND'],
  }),
  rerunRun: operation({
    method: 'POST', path: '/runs/:runId/rerun', right: 'runs.start', summary: { en: 'A new run with the same input, of the same version or another.', fr: 'Une nouvelle exécution avec la même entrée, de la même version ou d’une autre.' },
    params: ofRun, body: z.strictObject({ version: version.optional() }), answers: { 202: accepted }, errors: [missing, 'STATE_INVALID', 'VERSION_NOT_FOUND', 'FLOW_HAS_PROBLEMS', 'WORKFLOW_ALREADY_RUNNING'],
  }),
  forkRun: operation({
    method: 'POST', path: '/runs/:runId/fork', right: 'runs.start',
    summary: { en: 'A new run from a step of this one: what had succeeded before that step began is used again. `input` replaces what the step takes in; `allowEffects` names the steps that may act (true: all, false: none), the others pass their source on.', fr: 'Une nouvelle exécution à partir d’une étape de celle-ci : ce qui avait réussi avant le début de cette étape est réutilisé. `input` remplace ce que l’étape reçoit ; `allowEffects` nomme les étapes qui peuvent agir (true : toutes, false : aucune), les autres transmettent leur source.' },
    params: ofRun, body: z.strictObject({ fromStep: id, input: json.optional(), version: version.optional(), allowEffects: z.union([z.boolean(), z.array(id).max(10_000)]).optional() }), answers: { 202: accepted },
    errors: [missing, 'STATE_INVALID', 'STEP_NOT_FOUND', 'VERSION_NOT_FOUND', 'FLOW_NOT_FOUND', 'FLOW_HAS_PROBLEMS', 'WORKFLOW_ALREADY_RUNNING'],
  }),
  verifyRun: operation({
    method: 'GET', path: '/runs/:runId/verify', right: 'workspace.read', summary: { en: 'Checks the chain of the log: whole, or the first altered event.', fr: 'Vérifie la chaîne du journal : entière, ou le premier événement altéré.' },
    params: ofRun, answers: { 200: z.looseObject({ ok: z.boolean() }) }, errors: [missing],
  }),
  listInstances: operation({
    method: 'GET', path: '/components/:componentId/instances', right: 'workspace.read', summary: {
      en: 'Workflow instances of a component, or of some entries (ids separated by commas), newest first; with `newest` only the last one of each entry.',
      fr: 'Les instances de flux de travail d’un composant, ou de certaines entrées (identifiants séparés par des virgules), de la plus récente à la plus ancienne ; avec `newest`, seulement la dernière de chaque entrée.',
    },
    params: z.object({ componentId: id }), query: z.object({ ...pageQuery, entryId: entryIds.optional(), newest: truth.optional() }), answers: { 200: listOf(instance) }, errors: ['COMPONENT_NOT_FOUND'],
  }),
  listTransitions: operation({
    method: 'GET', path: '/instances/:instanceId/transitions', right: 'workspace.read', summary: { en: 'Every move of an instance, newest first: from which state to which, at which step, by whom and why.', fr: 'Chaque passage d’une instance, du plus récent au plus ancien : de quel état à quel autre, à quelle étape, par qui et pourquoi.' },
    params: z.object({ instanceId: id }), query: z.object(pageQuery),
    answers: { 200: listOf(z.object({ from: z.string().nullable(), to: z.string(), attempt: z.int(), runId: z.string().nullable(), stepId: z.string().nullable(), stepName: z.string().nullable(), actor: z.object({ id: z.string().nullable(), name: z.string() }).nullable(), reason: z.string(), at: iso })) },
    errors: ['INSTANCE_NOT_FOUND'],
  }),
  resetInstance: operation({
    method: 'POST', path: '/instances/:instanceId/reset', right: 'runs.control', summary: { en: 'Takes an instance back to draft; values and history stay.', fr: 'Ramène une instance au brouillon ; les valeurs et l’historique restent.' },
    params: z.object({ instanceId: id }), answers: { 200: z.looseObject({}) }, errors: ['INSTANCE_NOT_FOUND', 'STATE_INVALID'],
  }),
};
