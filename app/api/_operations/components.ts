import { z } from 'zod';
import { componentFile } from '#flow/component-file';
import { componentField, componentSettings } from '#flow/component-model';
import { id } from '#flow/id';
import { instanceFilters } from '#flow/instance-state';
import { filter } from '#flow/value';
import { entryIdText, iso, json, jsonObject, label, listOf, listText, ok, operation, pageQuery, truth } from './operation';

const fields = z.array(componentField).max(200);
const component = z.object({ id, title: z.string(), fields: z.array(componentField), settings: componentSettings, createdAt: iso, updatedAt: iso, entries: z.int() }).meta({ id: 'Component' });
const reference = z.object({ id: z.union([z.int(), z.string()]), name: z.string().nullable() }).nullable();
const entry = z.object({
  id: z.int(), name: z.string().nullable(), createdDate: iso.nullable(), updateDate: iso.nullable(), creatorSubject: reference, changeAuthor: reference, data: jsonObject,
}).meta({ id: 'Entry' });

const ofComponent = z.object({ componentId: id });
const ofEntry = z.object({ componentId: id, entryId: entryIdText });
const write = z.strictObject({ name: z.string().max(500).nullable().optional(), data: jsonObject.default({}) });

/** `loadedAt` is the `updateDate` the writer saw: what somebody else changed since is a CONFLICT, not overwritten. */
const patch = write.extend({ loadedAt: z.iso.datetime({ offset: true }).optional() });

/** `filter` travels as JSON text in the query. */
const filterText = z.string().max(20_000).transform((text, context) => {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}).pipe(filter);

const missing = 'COMPONENT_NOT_FOUND';

export const components = {
  listComponents: operation({ method: 'GET', path: '/components', right: 'workspace.read', summary: { en: 'The components of the workspace.', fr: 'Les composants de l’espace.' }, query: z.object(pageQuery), answers: { 200: listOf(component) } }),
  createComponent: operation({
    method: 'POST', path: '/components', right: 'components.edit', summary: { en: 'Makes a component with its fields.', fr: 'Crée un composant avec ses champs.' },
    body: z.strictObject({ title: label(200), fields: fields.default([]), settings: componentSettings.optional() }), answers: { 201: component }, errors: [missing, 'VALIDATION_FAILED', 'FLOW_NOT_FOUND'],
  }),
  getComponent: operation({ method: 'GET', path: '/components/:componentId', right: 'workspace.read', summary: { en: 'A component.', fr: 'Un composant.' }, params: ofComponent, answers: { 200: component }, errors: [missing] }),
  updateComponent: operation({
    method: 'PATCH', path: '/components/:componentId', right: 'components.edit', summary: { en: 'Changes the title, the fields (all of them) or the settings. Refused while entries would break the new fields.', fr: 'Modifie le titre, les champs (tous) ou les paramètres. Refusé tant que des entrées contrediraient les nouveaux champs.' },
    params: ofComponent, body: z.strictObject({ title: label(200).optional(), fields: fields.optional(), settings: componentSettings.optional() }),
    answers: { 200: component }, errors: [missing, 'VALIDATION_FAILED', 'FLOW_NOT_FOUND'],
  }),
  exportComponent: operation({
    method: 'GET', path: '/components/:componentId/export', right: 'workspace.read', params: ofComponent, query: z.object({ entries: truth.optional() }),
    summary: { en: 'The component as one document: model, drafts of its flows and, with `entries`, at most 10,000 entries. Files do not travel.', fr: 'Le composant en un document : modèle, brouillons de ses flux et, avec `entries`, 10 000 entrées au plus. Les fichiers ne voyagent pas.' },
    answers: { 200: componentFile }, errors: [missing, 'LIMIT_EXCEEDED'],
  }),
  importComponent: operation({
    method: 'POST', path: '/components/import', right: 'components.edit', maxBytes: 20 * 1024 * 1024,
    summary: {
      en: 'Makes a component, its flows and entries from what export gave, with new ids; all or nothing. Related components are found by id, else by title: refused when a field leads to one that is missing; what flows miss is listed in `missing`. `cleared`: values that lead nowhere here and were left empty.',
      fr: 'Crée un composant, ses flux et ses entrées à partir d’un export, avec de nouveaux identifiants ; tout ou rien. Les composants liés sont trouvés par identifiant, sinon par titre : refusé si un champ mène à un absent ; ce qui manque aux flux est listé dans `missing`. `cleared` : les valeurs qui ne mènent nulle part ici et sont restées vides.',
    },
    body: componentFile,
    answers: { 201: z.object({ id, flows: z.array(z.object({ id, from: id, name: z.string() })), entries: z.int(), cleared: z.int(), missing: z.array(z.object({ id, title: z.string() })) }) },
    errors: [missing, 'DEFINITION_INVALID', 'VALIDATION_FAILED', 'DUPLICATE_KEY', 'ENTRY_NOT_FOUND', 'FILE_NOT_FOUND'],
  }),
  deleteComponent: operation({
    method: 'DELETE', path: '/components/:componentId', right: 'components.edit', summary: { en: 'Deletes a component. Refused while others refer to it.', fr: 'Supprime un composant. Refusé tant que d’autres s’y réfèrent.' },
    params: ofComponent, answers: { 200: ok }, errors: [missing, 'REFERENCE_IN_USE', 'STATE_INVALID'],
  }),
  listEntries: operation({
    method: 'GET', path: '/components/:componentId/entries', right: 'workspace.read', summary: {
      en: 'Entries, filtered, sorted and paged on the server. `instanceState` keeps those whose newest workflow instance is in one of these states, separated by commas; `none`: no workflow has worked on them.',
      fr: 'Les entrées, filtrées, triées et paginées par le serveur. `instanceState` garde celles dont la dernière instance de flux de travail est dans l’un de ces états, séparés par des virgules ; `none` : aucun flux de travail n’y a travaillé.',
    },
    params: ofComponent, query: z.object({ ...pageQuery, filter: filterText.optional(), sort: z.string().max(500).optional(), search: z.string().max(200).optional(), instanceState: listText(instanceFilters).optional() }),
    answers: { 200: listOf(entry).extend({ total: z.int() }) }, errors: [missing, 'FIELD_NOT_FOUND', 'TYPE_MISMATCH'],
  }),
  createEntry: operation({
    method: 'POST', path: '/components/:componentId/entries', right: 'entries.write', summary: { en: 'Writes a new entry.', fr: 'Écrit une nouvelle entrée.' },
    params: ofComponent, body: write, answers: { 201: entry }, errors: [missing, 'VALIDATION_FAILED', 'DUPLICATE_KEY', 'ENTRY_NOT_FOUND', 'FILE_NOT_FOUND'],
  }),
  getEntry: operation({ method: 'GET', path: '/components/:componentId/entries/:entryId', right: 'workspace.read', summary: { en: 'An entry.', fr: 'Une entrée.' }, params: ofEntry, answers: { 200: entry }, errors: [missing, 'ENTRY_NOT_FOUND'] }),
  updateEntry: operation({
    method: 'PATCH', path: '/components/:componentId/entries/:entryId', right: 'entries.write', summary: { en: 'Merges `data` into an entry: keys left out stay, null clears.', fr: 'Fusionne `data` dans une entrée : les clés absentes restent, null efface.' },
    params: ofEntry, body: patch, answers: { 200: entry }, errors: [missing, 'ENTRY_NOT_FOUND', 'VALIDATION_FAILED', 'DUPLICATE_KEY', 'CONFLICT', 'FILE_NOT_FOUND'],
  }),
  deleteEntry: operation({
    method: 'DELETE', path: '/components/:componentId/entries/:entryId', right: 'entries.write', summary: { en: 'Deletes an entry. Refused while others refer to it.', fr: 'Supprime une entrée. Refusé tant que d’autres s’y réfèrent.' },
    params: ofEntry, answers: { 200: ok }, errors: [missing, 'ENTRY_NOT_FOUND', 'REFERENCE_IN_USE'],
  }),
  entryHistory: operation({
    method: 'GET', path: '/components/:componentId/entries/:entryId/history', right: 'workspace.read', summary: { en: 'Who, or which run and step, changed which field, when.', fr: 'Qui, ou quelle exécution et quelle étape, a modifié quel champ, et quand.' },
    params: ofEntry, query: z.object(pageQuery), answers: { 200: listOf(z.looseObject({ at: iso, field: z.string(), before: json, after: json })) }, errors: [missing, 'ENTRY_NOT_FOUND'],
  }),
};
