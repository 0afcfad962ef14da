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
    method: 'GET', path: '/flows/:flowId/changes', right: 'workspace.read', summary: 'The edit history of the draft change by change, newest first. `from` is exclusive, `to` inclusive.',
    params: ofFlow, query: z.object({ ...pageQuery, ...filter }), answers: { 200: listOf(change) }, errors: [missing],
  }),
  flowHistory: operation({
    method: 'GET', path: '/flows/:flowId/history', right: 'workspace.read', summary: 'The edit history of the draft edit by edit: changes of one person to one thing without a minute’s pause. Newest first.',
    params: ofFlow, query: z.object({ ...pageQuery, ...filter }), answers: { 200: listOf(edit) }, errors: [missing],
  }),
  flowAt: operation({
    method: 'GET', path: '/flows/:flowId/at/:seq', right: 'workspace.read', summary: 'The definition as it was after edit `seq`.',
    params: z.object({ flowId: id, seq: seqText }), answers: { 200: z.object({ seq: z.int(), at: iso, author: person, definition }) }, errors: [missing, 'MOMENT_NOT_FOUND'],
  }),
  flowDiff: operation({
    method: 'GET', path: '/flows/:flowId/diff', right: 'workspace.read', summary: 'What differs between two moments, and who changed it. `from` 0 is before anything was there.',
    params: ofFlow, query: z.object({ from: whole('from'), to: seqText }), answers: { 200: z.object({ from: z.int(), to: z.int(), diff: jsonObject, authors: jsonObject }) }, errors: [missing, 'MOMENT_NOT_FOUND'],
  }),
  flowBlame: operation({
    method: 'GET', path: '/flows/:flowId/blame', right: 'workspace.read', summary: 'Who last set each parameter, source and setting of each step, and when.',
    params: ofFlow, query: z.object({ stepId: id.optional() }), answers: { 200: z.object({ items: z.array(z.object({ stepId: id, key: z.string(), author: person, at: iso, seq: z.int() })) }) }, errors: [missing],
  }),
  restoreFlow: operation({
    method: 'POST', path: '/flows/:flowId/restore', right: 'flows.edit',
    summary: 'Makes the draft, or one step of it, what it was after edit `seq`, through the live document. `before` is the moment to restore to take it back. With `ifSeq`: refused when it changed after that.',
    params: ofFlow, body: z.strictObject({ seq: z.int().min(1).max(999_999_999_999), stepId: id.optional(), ifSeq: z.int().min(0).max(999_999_999_999).optional() }),
    answers: { 200: z.object({ seq: z.int(), before: z.int() }) }, errors: [missing, 'MOMENT_NOT_FOUND', 'STEP_NOT_FOUND', 'CONFLICT', 'DEFINITION_INVALID'],
  }),
  markSeen: operation({
    method: 'POST', path: '/flows/:flowId/seen', right: 'workspace.read', summary: 'Notes that the caller has seen the draft as it is now: what "since you were away" counts from.',
    params: ofFlow, answers: { 200: z.object({ seq: z.int() }) }, errors: [missing],
  }),
  listCheckpoints: operation({ method: 'GET', path: '/flows/:flowId/checkpoints', right: 'workspace.read', summary: 'The named moments of the edit history, at most 200.', params: ofFlow, answers: { 200: z.object({ items: z.array(checkpoint) }) }, errors: [missing] }),
  createCheckpoint: operation({
    method: 'POST', path: '/flows/:flowId/checkpoints', right: 'flows.edit', summary: 'Names a moment of the edit history, the present one when `seq` is absent.',
    params: ofFlow, body: z.strictObject({ name: checkpointName, seq: z.int().min(1).max(999_999_999_999).optional() }), answers: { 201: checkpoint }, errors: [missing, 'MOMENT_NOT_FOUND', 'LIMIT_EXCEEDED'],
  }),
  renameCheckpoint: operation({
    method: 'PATCH', path: '/flows/:flowId/checkpoints/:checkpointId', right: 'flows.edit', summary: 'Gives a checkpoint another name.',
    params: ofCheckpoint, body: z.strictObject({ name: checkpointName }), answers: { 200: checkpoint }, errors: [missing, 'CHECKPOINT_NOT_FOUND'],
  }),
  deleteCheckpoint: operation({
    method: 'DELETE', path: '/flows/:flowId/checkpoints/:checkpointId', right: 'flows.edit', summary: 'Takes the name away; the moment stays in the history.',
    params: ofCheckpoint, answers: { 200: ok }, errors: [missing, 'CHECKPOINT_NOT_FOUND'],
  }),
};
