import type { ComponentModel } from '../../../component-model';
import { typeOfField } from '../../../component-schema';
import { convert, splitTarget } from '../../../convert';
import { asStored } from '../../../entry-validation';
import { getterOf } from '../../../evaluate';
import { fail } from '../../../failure';
import { isJsonObject, type Json } from '../../../json';
import { toNumber } from '../../../numbers';
import { readExact, readPath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { text } from '../../../text';
import type { MappingRow, Value } from '../../../value';
import type { EntryWrite, Item, StepUse } from '../../capabilities';
import type { StaticContext } from '../../define-step';

/** What update-entry and its deferred sister make of an item (steps.md §5). */
export type WriteParams = { component?: string | undefined; keyField?: string | undefined; markForDeletion?: boolean | Value | undefined; noTracking?: boolean | undefined; nameField?: string | undefined; fieldsMapping?: MappingRow[] | undefined };

export function writeProblems({ component, keyField, markForDeletion }: WriteParams, { index }: StaticContext): StepProblem[] {
  const found: StepProblem[] = [];
  if (markForDeletion && !keyField) found.push({ code: 'PARAM_REQUIRED', param: 'keyField', text: text('Deleting needs the key of the entry.', 'Supprimer demande la clé de l’entrée.') });
  if (index.components.find((each) => each.id === component)?.settings.proxyMode) found.push({ code: 'PARAM_INVALID', param: 'component', text: text('This component is in proxy mode and stores nothing. Choose another.', 'Ce composant est en mode proxy et n’enregistre rien. Choisissez-en un autre.') });
  return found;
}

/** null: there is nothing to delete, which was said as a warning. */
export function writeOf(item: Item, index: number, params: WriteParams, component: ComponentModel, use: StepUse, items: readonly Item[]): EntryWrite | null {
  const entryId = params.keyField ? keyOf(item, params.keyField) : null;
  const remove = isMarked(params.markForDeletion, item, use, items);
  if (remove && !params.keyField) fail('PARAM_REQUIRED', text('Deleting needs the key of the entry.', 'Supprimer demande la clé de l’entrée.'), { path: 'keyField' });
  if (remove && entryId === null) {
    use.warn(text(`Item ${index + 1} has no key: nothing was deleted.`, `L’élément ${index + 1} n’a pas de clé : rien n’a été supprimé.`));
    return null;
  }
  const data = remove ? {} : dataOf(item, params.fieldsMapping ?? [], component, entryId === null, use, items);
  const loadedAt = loadedAtOf(item, entryId);
  return {
    componentId: component.id, entryId, remove, data, noTracking: params.noTracking ?? false,
    ...(!remove && params.nameField && (entryId === null || Object.hasOwn(data, params.nameField)) ? { name: nameOf(data[params.nameField] ?? null) } : {}),
    ...(loadedAt === null ? {} : { loadedAt }),
  };
}

function isMarked(mark: WriteParams['markForDeletion'], item: Item, use: StepUse, items: readonly Item[]): boolean {
  if (mark === undefined || typeof mark === 'boolean') return mark ?? false;
  const value = getterOf(mark, use)(item, items);
  const told = convert(value, 'boolean');
  if (told.ok) return told.value === true;
  return fail('TYPE_MISMATCH', text(`${JSON.stringify(value).slice(0, 40)} does not say whether the entry is to be deleted. Give true or false.`, `${JSON.stringify(value).slice(0, 40)} ne dit pas si l’entrée est à supprimer. Donnez true ou false.`), { path: 'markForDeletion' });
}

/** What the item was loaded as, unless it says itself that it is another entry than the one written. */
function loadedAtOf(item: Item, entryId: number | null): string | null {
  const [own, at] = [item['id'] ?? null, item['updateDate'] ?? null];
  return entryId === null || typeof at !== 'string' || (own !== null && toNumber(own) !== entryId) ? null : at;
}

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
    for (const each of component.fields) if (!each.virtual && isJsonObject(same) && Object.hasOwn(same, each.name)) data[each.name] = same[each.name] ?? null;
    return data;
  }
  for (const row of rows) {
    const target = splitTarget(row.target).name.replace(/^data\./, '');
    if (component.fields.find((each) => each.name === target)?.virtual) continue;
    const missing = 'field' in row.value && readExact(item, row.value.field) === undefined;
    if (missing && !creating) use.warn(text(`"${target}" was left as it is: its source field is missing.`, `« ${target} » reste tel quel : son champ source est absent.`));
    else data[target] = getterOf(row.value, use)(item, items);
  }
  return data;
}

const nameOf = (value: Json) => (value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Types are judged before anything is queued; rules of the model when it is written. */
export function refuseTypes({ data }: EntryWrite, component: ComponentModel): void {
  for (const field of component.fields) {
    const value = data[field.name] ?? null;
    if (field.virtual || field.type === 'file' || asStored(field, value) !== undefined) continue;
    const shown = JSON.stringify(value).slice(0, 60);
    fail('TYPE_MISMATCH', text(`${field.title}: ${shown} does not fit the type ${typeOfField(field)}.`, `${field.title} : ${shown} ne convient pas au type ${typeOfField(field)}.`), { path: `data.${field.name}` });
  }
}
