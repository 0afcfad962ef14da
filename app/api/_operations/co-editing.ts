import { z } from 'zod';
import { definition, missing, ofFlow } from './flows';
import { iso, jsonObject, operation } from './operation';

export const coEditing = {
  createTicket: operation({
    method: 'POST', path: '/flows/:flowId/tickets', right: 'workspace.read',
    summary: 'A ticket for the co-editing socket of this flow, for one use within a minute: sent as the first frame under the subprotocol millrace-ticket, it stands for the cookie or key this was asked with.',
    params: ofFlow, answers: { 201: z.object({ ticket: z.string(), expiresAt: iso }) }, errors: [missing],
  }),
  flowDocument: operation({
    method: 'GET', path: '/flows/:flowId/document', right: 'workspace.read',
    summary: 'The shared document for a first load: Yjs updates (format V1), each behind its length as a lib0 varint, to be applied in order. What came since follows over the socket.',
    params: ofFlow, answers: { 200: null }, errors: [missing],
  }),
  flowSurroundings: operation({
    method: 'GET', path: '/flows/:flowId/surroundings', right: 'workspace.read',
    summary: 'What an editor of this flow needs besides the document: its component, what steps may refer to, the published version, and what the caller may do.',
    params: ofFlow, errors: [missing],
    answers: { 200: z.object({ component: jsonObject, index: jsonObject, published: z.object({ number: z.int(), definition }).nullable(), rights: z.record(z.string(), z.boolean()) }) },
  }),
};
