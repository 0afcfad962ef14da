import { z } from 'zod';
import { cronText, overlapRules, timeZoneText } from '#flow/cron';
import { id } from '#flow/id';
import { failed } from './runs';
import { iso, label, listOf, ok, operation, pageQuery } from './operation';

const person = z.object({ id, name: z.string() });
const hook = z.object({ id, flowId: id, name: z.string(), prefix: z.string(), signed: z.boolean(), createdAt: iso, createdBy: person.nullable(), lastUsedAt: iso.nullable() }).meta({ id: 'Hook' });
const shownOnce = hook.extend({ token: z.string(), url: z.string(), signingSecret: z.string().nullable() }).meta({ id: 'NewHook' });
const ofHook = z.object({ hookId: id });

const tick = z.object({ at: iso, outcome: z.enum(['run', 'queued', 'skipped', 'missed', 'refused']), runId: z.string().nullable(), failure: failed.nullable() });
const schedule = z.object({
  id, componentId: id, componentTitle: z.string(), flowId: id.nullable(), flowName: z.string().nullable(), cron: z.string(), timeZone: z.string(), overlap: z.enum(overlapRules), catchUp: z.boolean(),
  runAs: person.nullable(), enabled: z.boolean(), waiting: z.int(), createdAt: iso, updatedAt: iso, next: z.array(iso), ticks: z.array(tick),
}).meta({ id: 'Schedule' });
const ofSchedule = z.object({ scheduleId: id });
const wish = { cron: cronText, timeZone: timeZoneText, overlap: z.enum(overlapRules), catchUp: z.boolean(), runAs: id.nullable(), enabled: z.boolean(), flowId: id };
const badWish = ['FLOW_NOT_FOUND', 'MEMBER_NOT_FOUND'] as const;

export const triggers = {
  listHooks: operation({ method: 'GET', path: '/flows/:flowId/hooks', right: 'workspace.read', summary: { en: 'The webhooks of a flow, newest first. Tokens are not among it.', fr: 'Les webhooks d’un flux, du plus récent au plus ancien, sans leurs jetons.' }, params: z.object({ flowId: id }), query: z.object(pageQuery), answers: { 200: listOf(hook) }, errors: ['FLOW_NOT_FOUND'] }),
  createHook: operation({
    method: 'POST', path: '/flows/:flowId/hooks', right: 'flows.publish',
    summary: { en: 'Makes a webhook: POST /hooks/<token> starts the published dataflow. With `signed` only signed requests are taken. Token and signing secret are shown here only.', fr: 'Crée un webhook : POST /hooks/<jeton> démarre le flux de données publié. Avec `signed`, seules les requêtes signées sont acceptées. Le jeton et le secret de signature ne sont montrés qu’ici.' },
    params: z.object({ flowId: id }), body: z.strictObject({ name: label(100), signed: z.boolean().default(false) }), answers: { 201: shownOnce }, errors: ['FLOW_NOT_FOUND'],
  }),
  renameHook: operation({ method: 'PATCH', path: '/hooks/:hookId', right: 'flows.publish', summary: { en: 'Renames a webhook.', fr: 'Renomme un webhook.' }, params: ofHook, body: z.strictObject({ name: label(100) }), answers: { 200: hook }, errors: ['HOOK_NOT_FOUND'] }),
  rotateHook: operation({ method: 'POST', path: '/hooks/:hookId/rotate', right: 'flows.publish', summary: { en: 'A new token and signing secret, shown here only. The old ones end at once.', fr: 'Un nouveau jeton et un nouveau secret de signature, montrés seulement ici. Les anciens cessent aussitôt.' }, params: ofHook, answers: { 200: shownOnce }, errors: ['HOOK_NOT_FOUND'] }),
  revokeHook: operation({ method: 'DELETE', path: '/hooks/:hookId', right: 'flows.publish', summary: { en: 'Ends a webhook.', fr: 'Met fin à un webhook.' }, params: ofHook, answers: { 200: ok }, errors: ['HOOK_NOT_FOUND'] }),
  listSchedules: operation({
    method: 'GET', path: '/schedules', right: 'workspace.read', summary: { en: 'The schedules of the workspace, or of one component.', fr: 'Les planifications de l’espace, ou d’un composant.' }, query: z.object({ ...pageQuery, componentId: id.optional() }), answers: { 200: listOf(schedule) },
  }),
  createSchedule: operation({
    method: 'POST', path: '/schedules', right: 'flows.publish',
    summary: { en: 'Gives a component its schedule: five fields in a time zone, on which its input dataflow runs. `flowId` chooses the input dataflow. A component has one schedule.', fr: 'Donne sa planification à un composant : cinq champs dans un fuseau horaire, selon lesquels son flux d’entrée s’exécute. `flowId` choisit le flux d’entrée. Un composant a une seule planification.' },
    body: z.strictObject({
      componentId: id, cron: wish.cron, timeZone: wish.timeZone.default('UTC'), overlap: wish.overlap.default('skip'), catchUp: wish.catchUp.default(true), runAs: wish.runAs.default(null), enabled: wish.enabled.default(true), flowId: wish.flowId.optional(),
    }),
    answers: { 201: schedule }, errors: ['COMPONENT_NOT_FOUND', 'CONFLICT', ...badWish],
  }),
  getSchedule: operation({ method: 'GET', path: '/schedules/:scheduleId', right: 'workspace.read', summary: { en: 'A schedule with its next three times and what became of the last ticks.', fr: 'Une planification avec ses trois prochaines dates et ce que sont devenus les derniers déclenchements.' }, params: ofSchedule, answers: { 200: schedule }, errors: ['SCHEDULE_NOT_FOUND'] }),
  updateSchedule: operation({
    method: 'PATCH', path: '/schedules/:scheduleId', right: 'flows.publish', summary: { en: 'Changes a schedule. Another expression, time zone or switching it on begins anew from now.', fr: 'Modifie une planification. Une autre expression, un autre fuseau horaire ou sa mise en service la fait repartir de maintenant.' },
    params: ofSchedule, body: z.strictObject(wish).partial(), answers: { 200: schedule }, errors: ['SCHEDULE_NOT_FOUND', 'COMPONENT_NOT_FOUND', ...badWish],
  }),
  deleteSchedule: operation({ method: 'DELETE', path: '/schedules/:scheduleId', right: 'flows.publish', summary: { en: 'Ends a schedule; its runs stay.', fr: 'Met fin à une planification ; ses exécutions restent.' }, params: ofSchedule, answers: { 200: ok }, errors: ['SCHEDULE_NOT_FOUND'] }),
};
