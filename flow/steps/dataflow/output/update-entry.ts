import { splitTarget } from '../../../convert';
import { fieldNameOf, getterOf } from '../../../evaluate';
import { fail } from '../../../failure';
import { isJsonObject, type Json } from '../../../json';
import { toNumber } from '../../../numbers';
import { readExact, readPath } from '../../../path';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { MappingRow } from '../../../value';
import type { ComponentModel } from '../../../component-model';
import type { EntryWrite, Item, StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const updateEntry = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true }),
    keyField: field.path(text('Field component key', 'Champ clé du composant'), { help: text('Id or reference of the entry; empty always creates.', 'Identifiant ou référence de l’entrée ; vide crée toujours.') }),
    markForDeletion: field.flag(text('Mark entry for deletion', 'Marquer l’entrée pour suppression')),
    noTracking: field.flag(text('No tracking', 'Sans suivi'), { help: text('No line in the entry’s history, and the change author stays.', 'Pas de ligne dans l’historique de l’entrée, et l’auteur reste.') }),
    nameField: field.componentField(text('Name field', 'Champ du nom'), { component: 'component', help: text('Its value becomes the name of the entry.', 'Sa valeur devient le nom de l’entrée.') }),
    resultField: field.newField(text('Result store field', 'Champ de stockage du résultat'), { default: '_entry' }),
    fieldsMapping: field.mapping(text('Fields mapping', 'Mappage des champs'), {
      target: { kind: 'componentField', component: 'component' }, addLabel: text('Add field', 'Ajouter un champ'), help: text('None means the fields of the same name.', 'Aucun : les champs de même nom.'),
    }),
  },
  {
    id: 'update-entry', group: 'output', class: 'effect', version: 1, icon: 'database', sources: 'one', cardinality: 'n→n',
    title: text('Update entry', 'Mettre à jour l’entrée'), summary: text('Create or change entries', 'Crée ou modifie des entrées'),
    help: text(
      'Creates, updates or deletes one entry per item and waits for the result. Without a key it creates; a null or 0 key creates too, an existing id updates the mapped fields, an unknown one is an error. When an item fails, those before it stay written.',
      'Crée, met à jour ou supprime une entrée par élément et attend le résultat. Sans clé elle crée ; une clé null ou 0 crée aussi, un identifiant existant met à jour les champs mappés, un inconnu est une erreur. Si un élément échoue, les précédents restent écrits.'),
    errors: ['COMPONENT_NOT_FOUND', 'ENTRY_NOT_FOUND', 'VALIDATION_FAILED', 'DUPLICATE_KEY', 'TYPE_MISMATCH', 'ACCESS_DENIED', 'CONFLICT', 'PARAM_REQUIRED', 'PARAM_INVALID'],
    examples: [],
    foot: ({ component, fieldsMapping }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      const count = fieldsMapping?.length ?? 0;
      return count > 0 ? text(`${title} · ${count} fields`, `${title} · ${count} champs`) : text(title, title);
    },
    problems: ({ component, keyField, markForDeletion }, _sources, { index }) => [
      ...(markForDeletion && !keyField ? [{ code: 'PARAM_REQUIRED' as const, param: 'keyField', text: text('Deleting needs the key of the entry.', 'Supprimer demande la clé de l’entrée.') }] : []),
      ...(index.components.find((each) => each.id === component)?.settings.proxyMode ? [{ code: 'PARAM_INVALID' as const, param: 'component', text: text('This component is in proxy mode and stores nothing. Choose another.', 'Ce composant est en mode proxy et n’enregistre rien. Choisissez-en un autre.') }] : []),
    ],
    outputSchema: ({ resultField }, { source }) => withFields(source, { [fieldNameOf(resultField, '_entry')]: { type: 'integer' } }),
    run: async (params, { source }, use) => {
      const componentId = params.component ?? '';
      const component = await use.component(componentId);
      if (component === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
      const resultField = fieldNameOf(params.resultField, '_entry');
      const total = source.items.length;
      return perItem(source, use, async (item, index) => {
        const entryId = params.keyField ? keyOf(item, params.keyField) : null;
        if (params.markForDeletion && entryId === null) {
          use.warn(text(`Item ${index + 1} has no key: nothing was deleted.`, `L’élément ${index + 1} n’a pas de clé : rien n’a été supprimé.`));
          return { ...item, [resultField]: null };
        }
        const data = params.markForDeletion ? {} : dataOf(item, params.fieldsMapping ?? [], component, entryId === null, use, source.items);
        const loadedAt = readExact(item, 'updateDate');
        const write: EntryWrite = {
          componentId, entryId, remove: params.markForDeletion ?? false, data, noTracking: params.noTracking ?? false,
          ...(params.nameField && (entryId === null || Object.hasOwn(data, params.nameField)) ? { name: nameOf(data[params.nameField] ?? null) } : {}),
          ...(entryId !== null && typeof loadedAt === 'string' ? { loadedAt } : {}),
        };
        const result = await use.effect(index, async (scope) => {
          const written = await scope.writeEntry(write);
          for (const warning of written.warnings) use.warn(warning);
          return written.entryId;
        });
        use.progress(index + 1, total);
        return { ...item, [resultField]: result };
      });
    },
  },
);

function keyOf(item: Item, path: string): number | null {
  const value = readPath(item, path);
  const id = isJsonObject(value) ? (value['id'] ?? null) : value;
  if (id === null) return null;
  const number = toNumber(id);
  if (number === undefined || !Number.isSafeInteger(number) || number < 0) fail('TYPE_MISMATCH', text(`"${path}" holds ${JSON.stringify(id).slice(0, 40)}, not the id of an entry.`, `« ${path} » contient ${JSON.stringify(id).slice(0, 40)}, pas l’identifiant d’une entrée.`), { path });
  return number === 0 ? null : number;
}

/** Mapped values, or same-named ones. On update a missing source field leaves its target alone, with a warning. */
function dataOf(item: Item, rows: readonly MappingRow[], component: ComponentModel, creating: boolean, use: StepUse, items: readonly Item[]): { [field: string]: Json } {
  const data: { [field: string]: Json } = {};
  if (rows.length === 0) {
    const same = isJsonObject(item['data'] ?? null) ? item['data'] : item;
    for (const each of component.fields) if (isJsonObject(same) && Object.hasOwn(same, each.name)) data[each.name] = same[each.name] ?? null;
    return data;
  }
  for (const row of rows) {
    const target = splitTarget(row.target).name.replace(/^data\./, '');
    const missing = 'field' in row.value && readExact(item, row.value.field) === undefined;
    if (missing && !creating) use.warn(text(`"${target}" was left as it is: its source field is missing.`, `« ${target} » reste tel quel : son champ source est absent.`));
    else data[target] = getterOf(row.value, use)(item, items);
  }
  return data;
}

const nameOf = (value: Json) => (value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value));
