import { z } from 'zod';
import { definition, missing, ofFlow } from './flows';
import { iso, jsonObject, operation } from './operation';

export const coEditing = {
  createTicket: operation({
    method: 'POST', path: '/flows/:flowId/tickets', right: 'workspace.read',
    summary: {
      en: 'A ticket for the co-editing socket of this flow, for one use within a minute: sent as the first frame under the subprotocol millrace-ticket, it stands for the cookie or key this was asked with.',
      fr: 'Un ticket pour la connexion d’édition commune de ce flux, utilisable une fois en une minute : envoyé comme première trame sous le sous-protocole millrace-ticket, il remplace le cookie ou la clé qui l’a demandé.',
    },
    params: ofFlow, answers: { 201: z.object({ ticket: z.string(), expiresAt: iso }) }, errors: [missing],
  }),
  flowDocument: operation({
    method: 'GET', path: '/flows/:flowId/document', right: 'workspace.read',
    summary: {
      en: 'The shared document for a first load: Yjs updates (format V1), each behind its length as a lib0 varint, to be applied in order; the same as gzip with `Accept: application/gzip`. What came since follows over the socket.',
      fr: 'Le document partagé pour un premier chargement : des mises à jour Yjs (format V1), chacune précédée de sa longueur en varint lib0, à appliquer dans l’ordre ; le même en gzip avec `Accept: application/gzip`. Ce qui est arrivé depuis suit par la connexion.',
    },
    params: ofFlow, answers: { 200: null }, errors: [missing],
  }),
  flowSurroundings: operation({
    method: 'GET', path: '/flows/:flowId/surroundings', right: 'workspace.read',
    summary: {
      en: 'What an editor of this flow needs besides the document: its component, what steps may refer to, the published version, and what the caller may do.',
      fr: 'Ce qu’il faut à un éditeur de ce flux outre le document : son composant, ce à quoi les étapes peuvent se référer, la version publiée et ce que l’appelant peut faire.',
    },
    params: ofFlow, errors: [missing],
    answers: { 200: z.object({ component: jsonObject, index: jsonObject, published: z.object({ number: z.int(), definition }).nullable(), rights: z.record(z.string(), z.boolean()) }) },
  }),
};
