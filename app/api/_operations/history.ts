import { z } from 'zod';
import { definitionLimits } from '#flow/flow';
import { id } from '#flow/id';
import { definition, missing, ofFlow } from './flows';
import { iso, json, jsonObject, label, listOf, ok, operation, pageQuery } from './operation';

const whole = (name: string) => z.string().regex(/^\d{1,9}$/, `${name} is a whole number`).transform(Number);
const seqText = whole('a moment').pipe(z.int().min(1));
const person = z.object({ id, name: z.string() }).nullable();
const filter = { author: id.optional(), stepId: id.optional(), from: whole('from').optional(), to: whole('to').optional() };
const edit = z.object({ seq: z.int(), firstSeq: z.int(), at: iso, firstAt: iso, author: person, kind: z.enum(['edit', 'import', 'restore', 'migrate']), stepIds: z.array(z.string()), changes: z.int() }).meta({ id: 'FlowEdit' });
const change = z.object({ seq: z.int(), idx: z.int(), at: iso, author: person, stepId: id.nullable(), key: z.string(), op: z.string(), old: json, new: json }).meta({ id: 'FlowChange' });
const checkpoint = z.object({ id, seq: z.int(), at: iso, name: z.string(), createdBy: person, createdAt: iso }).meta({ id: 'Checkpoint' });
const ofCheckpoint = z.object({ flowId: id, checkpointId: id });
const checkpointName = label(definitionLimits.nameLength);

export const history = {
  flowChanges: operation({
    method: 'GET', path: '/flows/:flowId/changes', right: 'workspace.read', summary: { en: 'The edit history of the draft change by change, newest first. `from` is exclusive, `to` inclusive.', fr: 'L’historique du brouillon modification par modification, de la plus récente à la plus ancienne. `from` est exclu, `to` inclus.' },
    params: ofFlow, query: z.object({ ...pageQuery, ...filter }), answers: { 200: listOf(change) }, errors: [missing],
  }),
  flowHistory: operation({
    method: 'GET', path: '/flows/:flowId/history', right: 'workspace.read', summary: { en: 'The edit history of the draft edit by edit: changes of one person to one thing without a minute’s pause. Newest first.', fr: 'L’historique du brouillon par séries : les modifications d’une personne sur une chose sans une minute de pause. De la plus récente à la plus ancienne.' },
    params: ofFlow, query: z.object({ ...pageQuery, ...filter }), answers: { 200: listOf(edit) }, errors: [missing],
  }),
  flowAt: operation({
    method: 'GET', path: '/flows/:flowId/at/:seq', right: 'workspace.read', summary: { en: 'The definition as it was after edit `seq`.', fr: 'La définition telle qu’elle était après la modification `seq`.' },
    params: z.object({ flowId: id, seq: seqText }), answers: { 200: z.object({ seq: z.int(), at: iso, author: person, definition }) }, errors: [missing, 'MOMENT_NOT_FOUND'],
  }),
  flowDiff: operation({
    method: 'GET', path: '/flows/:flowId/diff', right: 'workspace.read', summary: { en: 'What differs between two moments, and who changed it. `from` 0 is before anything was there.', fr: 'Ce qui diffère entre deux moments, et qui l’a modifié. `from` 0 est avant que quoi que ce soit existe.' },
    params: ofFlow, query: z.object({ from: whole('from'), to: seqText }), answers: { 200: z.object({ from: z.int(), to: z.int(), diff: jsonObject, authors: jsonObject }) }, errors: [missing, 'MOMENT_NOT_FOUND'],
  }),
  flowBlame: operation({
    method: 'GET', path: '/flows/:flowId/blame', right: 'workspace.read', summary: { en: 'Who last set each parameter, source and setting of each step, and when.', fr: 'Qui a défini en dernier chaque paramètre, source et réglage de chaque étape, et quand.' },
    params: ofFlow, query: z.object({ stepId: id.optional() }), answers: { 200: z.object({ items: z.array(z.object({ stepId: id, key: z.string(), author: person, at: iso, seq: z.int() })) }) }, errors: [missing],
  }),
  restoreFlow: operation({
    method: 'POST', path: '/flows/:flowId/restore', right: 'flows.edit',
    summary: { en: 'Makes the draft, or one step of it, what it was after edit `seq`, through the live document. `before` is the moment to restore to take it back. With `ifSeq`: refused when it changed after that.', fr: 'Remet le brouillon, ou une de ses étapes, dans l’état d’après la modification `seq`, à travers le document partagé. `before` est le moment à rétablir pour revenir en arrière. Avec `ifSeq` : refusé si une modification a suivi.' },
    params: ofFlow, body: z.strictObject({ seq: z.int().min(1).max(999_999_999_999), stepId: id.optional(), ifSeq: z.int().min(0).max(999_999_999_999).optional() }),
    answers: { 200: z.object({ seq: z.int(), before: z.int() }) }, errors: [missing, 'MOMENT_NOT_FOUND', 'STEP_NOT_FOUND', 'CONFLICT', 'DEFINITION_INVALID'],
  }),
  markSeen: operation({
    method: 'POST', path: '/flows/:flowId/seen', right: 'workspace.read', summary: { en: 'Notes that the caller has seen the draft as it is now: what "since you were away" counts from.', fr: 'Note que l’appelant a vu le brouillon tel qu’il est maintenant : c’est de là que compte « depuis votre absence ».' },
    params: ofFlow, answers: { 200: z.object({ seq: z.int() }) }, errors: [missing],
  }),
  listCheckpoints: operation({ method: 'GET', path: '/flows/:flowId/checkpoints', right: 'workspace.read', summary: { en: 'The named moments of the edit history, at most 200.', fr: 'Les moments nommés de l’historique, 200 au plus.' }, params: ofFlow, answers: { 200: z.object({ items: z.array(checkpoint) }) }, errors: [missing] }),
  createCheckpoint: operation({
    method: 'POST', path: '/flows/:flowId/checkpoints', right: 'flows.edit', summary: { en: 'Names a moment of the edit history, the present one when `seq` is absent.', fr: 'Nomme un moment de l’historique, le moment présent si `seq` est absent.' },
    params: ofFlow, body: z.strictObject({ name: checkpointName, seq: z.int().min(1).max(999_999_999_999).optional() }), answers: { 201: checkpoint }, errors: [missing, 'MOMENT_NOT_FOUND', 'LIMIT_EXCEEDED'],
  }),
  renameCheckpoint: operation({
    method: 'PATCH', path: '/flows/:flowId/checkpoints/:checkpointId', right: 'flows.edit', summary: { en: 'Gives a checkpoint another name.', fr: 'Donne un autre nom à un point de repère.' },
    params: ofCheckpoint, body: z.strictObject({ name: checkpointName }), answers: { 200: checkpoint }, errors: [missing, 'CHECKPOINT_NOT_FOUND'],
  }),
  deleteCheckpoint: operation({
    method: 'DELETE', path: '/flows/:flowId/checkpoints/:checkpointId', right: 'flows.edit', summary: { en: 'Takes the name away; the moment stays in the history.', fr: 'Retire le nom ; le moment reste dans l’historique.' },
    params: ofCheckpoint, answers: { 200: ok }, errors: [missing, 'CHECKPOINT_NOT_FOUND'],
  }),
};
