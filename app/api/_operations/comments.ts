import { z } from 'zod';
import { id } from '#flow/id';
import { missing, ofFlow } from './flows';
import { iso, label, listOf, ok, operation, pageQuery } from './operation';

const person = z.object({ id, name: z.string() });
const param = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'the name of a parameter');
const anchor = z.strictObject({ stepId: id.optional(), param: param.optional(), runId: id.optional(), seq: z.int().min(1).max(2_147_483_647).optional() });
const comment = z.object({
  id, threadId: id, flowId: id, anchor, text: z.string(), mentions: z.array(person), author: z.object({ id: id.nullable(), name: z.string() }), createdAt: iso, editedAt: iso.nullable(), deleted: z.boolean(),
  resolvedAt: iso.nullable(), resolvedBy: person.nullable(), unread: z.boolean(),
}).meta({ id: 'Comment' });
const words = label(4_000);
const ofComment = z.object({ commentId: id });

export const comments = {
  listComments: operation({
    method: 'GET', path: '/flows/:flowId/comments', right: 'workspace.read', summary: { en: 'Comments on a flow, its steps, parameters and runs, in the order of writing; `threadId` is the id of the first of a thread.', fr: 'Les commentaires sur un flux, ses étapes, ses paramètres et ses exécutions, dans l’ordre d’écriture ; `threadId` est l’identifiant du premier d’un fil.' },
    params: ofFlow, query: z.object({ ...pageQuery, stepId: id.optional(), runId: id.optional(), state: z.enum(['open', 'resolved']).optional() }), answers: { 200: listOf(comment) }, errors: [missing],
  }),
  createComment: operation({
    method: 'POST', path: '/flows/:flowId/comments', right: 'comments.write', summary: { en: 'Writes a comment at an anchor, or an answer in a thread, which opens it again. `@Name` tells that member.', fr: 'Écrit un commentaire à un endroit, ou une réponse dans un fil, qui le rouvre. `@Nom` prévient ce membre.' },
    params: ofFlow, body: z.strictObject({ anchor: anchor.optional(), text: words, threadId: id.optional() }), answers: { 201: comment }, errors: [missing, 'RUN_NOT_FOUND', 'STEP_NOT_FOUND', 'COMMENT_NOT_FOUND'],
  }),
  readComments: operation({
    method: 'POST', path: '/flows/:flowId/comments/read', right: 'workspace.read', summary: { en: 'Notes that the caller has read a thread, or all of the flow’s.', fr: 'Note que l’appelant a lu un fil, ou tous ceux du flux.' },
    params: ofFlow, body: z.strictObject({ threadId: id.optional() }), answers: { 200: ok }, errors: [missing, 'COMMENT_NOT_FOUND'],
  }),
  updateComment: operation({
    method: 'PATCH', path: '/comments/:commentId', right: 'comments.write', summary: { en: 'Changes the text of one’s own comment, or resolves its thread and opens it again.', fr: 'Modifie le texte de son propre commentaire, ou résout son fil et le rouvre.' },
    params: ofComment, body: z.strictObject({ text: words.optional(), resolved: z.boolean().optional() }), answers: { 200: comment }, errors: ['COMMENT_NOT_FOUND'],
  }),
  deleteComment: operation({
    method: 'DELETE', path: '/comments/:commentId', right: 'comments.write', summary: { en: 'Deletes one’s own comment; owners and admins delete any.', fr: 'Supprime son propre commentaire ; les propriétaires et les administrateurs suppriment n’importe lequel.' },
    params: ofComment, answers: { 200: ok }, errors: ['COMMENT_NOT_FOUND'],
  }),
};
