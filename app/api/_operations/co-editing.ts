import { z } from 'zod';
import { missing, ofFlow } from './flows';
import { iso, operation } from './operation';

export const coEditing = {
  createTicket: operation({
    method: 'POST', path: '/flows/:flowId/tickets', right: 'workspace.read',
    summary: 'A ticket for the co-editing socket of this flow, for one use within a minute: sent as the first frame under the subprotocol millrace-ticket, it stands for the cookie or key this was asked with.',
    params: ofFlow, answers: { 201: z.object({ ticket: z.string(), expiresAt: iso }) }, errors: [missing],
  }),
};
