import { z } from 'zod';
import { exportRequest, exportStates } from '#flow/export-request';
import { id } from '#flow/id';
import { code, described, iso, listOf, ok, operation, pageQuery } from './operation';

const request = exportRequest.meta({ id: 'ExportRequest', ...described('All runs, or all entries of a component, that a filter lets through.', 'Toutes les exécutions, ou toutes les entrées d’un composant, qu’un filtre laisse passer.') });
const made = z.object({
  id, request, name: z.string(), state: z.enum(exportStates), rows: z.int(), size: z.int(), error: z.looseObject({ code, message: z.string() }).nullable(), createdAt: iso, finishedAt: iso.nullable(), expiresAt: iso,
}).meta({ id: 'Export', ...described('A list as a CSV file, prepared in the background and kept for a week.', 'Une liste en fichier CSV, préparée en arrière-plan et gardée une semaine.') });
const ofExport = z.object({ exportId: id });
const missing = 'FILE_NOT_FOUND';

export const exporting = {
  requestExport: operation({
    method: 'POST', path: '/exports', right: 'workspace.read', summary: {
      en: 'Asks for a CSV file of all runs, or all entries of a component, that a filter lets through, however many. It is prepared in the background with the caller’s rights; a notification says when it is ready. What is already being prepared is answered again; at most 5 at once.',
      fr: 'Demande un fichier CSV de toutes les exécutions, ou de toutes les entrées d’un composant, qu’un filtre laisse passer, quel que soit leur nombre. Il est préparé en arrière-plan avec les droits de l’appelant ; une notification dit quand il est prêt. Ce qui est déjà en préparation est redonné ; 5 à la fois au plus.',
    },
    body: request, answers: { 202: made }, errors: ['COMPONENT_NOT_FOUND', 'FIELD_NOT_FOUND', 'TYPE_MISMATCH', 'LIMIT_EXCEEDED'],
  }),
  listExports: operation({ method: 'GET', path: '/exports', right: 'workspace.read', summary: { en: 'The caller’s own exports, newest first.', fr: 'Les exports de l’appelant, du plus récent au plus ancien.' }, query: z.object(pageQuery), answers: { 200: listOf(made) } }),
  getExport: operation({
    method: 'GET', path: '/exports/:exportId', right: 'workspace.read', summary: { en: 'An export: how far it is, or why it failed. For who asked, owners and admins.', fr: 'Un export : où il en est, ou pourquoi il a échoué. Pour qui l’a demandé, les propriétaires et les administrateurs.' },
    params: ofExport, answers: { 200: made }, errors: [missing],
  }),
  exportContent: operation({
    method: 'GET', path: '/exports/:exportId/content', right: 'workspace.read', summary: { en: 'The CSV file, as a download: UTF-8, commas, cells that a spreadsheet would run are neutralised. For who asked, owners and admins.', fr: 'Le fichier CSV, en téléchargement : UTF-8, virgules, les cellules qu’un tableur exécuterait sont neutralisées. Pour qui l’a demandé, les propriétaires et les administrateurs.' },
    params: ofExport, answers: { 200: null }, errors: [missing, 'STATE_INVALID'],
  }),
  deleteExport: operation({
    method: 'DELETE', path: '/exports/:exportId', right: 'workspace.read', summary: { en: 'Deletes an export, or gives up preparing it. For who asked, owners and admins.', fr: 'Supprime un export, ou renonce à le préparer. Pour qui l’a demandé, les propriétaires et les administrateurs.' },
    params: ofExport, answers: { 200: ok }, errors: [missing],
  }),
};
