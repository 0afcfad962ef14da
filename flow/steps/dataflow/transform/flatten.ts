import { fail } from '../../../failure';
import { isJsonObject, type Json } from '../../../json';
import type { ModelField, ModelSchema } from '../../../model-schema';
import { parsePath, readExact, resolvePath } from '../../../path';
import { text, type Text } from '../../../text';
import type { Item } from '../../capabilities';

/** The elements of the array at a path, as items (steps.md extract-collection, select-many). */
export function elementsAt(item: Item, path: string): Item[] {
  const value = readExact(item, path);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    const kind = kindOf(value);
    return fail('NOT_AN_ARRAY', text(`"${path}" holds ${kind.en}, not an array. Choose an array field.`, `« ${path} » contient ${kind.fr}, pas un tableau. Choisissez un champ tableau.`), { path });
  }
  return value.filter((element) => element !== null).map((element) => (isJsonObject(element) ? element : { value: element }));
}

function kindOf(value: Json): Text {
  const shown = JSON.stringify(value).slice(0, 40);
  return isJsonObject(value) ? text('an object', 'un objet') : text(shown, shown);
}

/** The schema of one element of the array at a path. */
export function elementSchema(source: ModelSchema | undefined, path: string | undefined): Omit<ModelSchema, 'cardinality'> {
  const resolved = source && path ? resolvePath(source, path) : undefined;
  const element: ModelField | undefined = resolved?.found ? resolved.field.items : undefined;
  if (element?.type === 'object') return { open: element.open ?? false, fields: { ...element.fields } };
  if (!element || element.type === 'unknown') return { open: true, fields: {} };
  if (element.type === 'catalog') return { open: false, fields: { id: { type: 'integer' }, name: { type: 'string' } } };
  if (element.type === 'file') return { open: true, fields: { id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' }, mimeType: { type: 'string' } } };
  return { open: false, fields: { value: element } };
}

/** The item without the flattened array itself. */
export function withoutArray(item: Item, path: string): Item {
  const parsed = parsePath(path);
  if (!parsed.ok) return item;
  const drop = (value: Json, [first, ...rest]: (string | number)[]): Json => {
    if (Array.isArray(value) && typeof first === 'number') return value.map((each, place) => (place === first ? (rest.length === 0 ? null : drop(each, rest)) : each));
    if (!isJsonObject(value) || typeof first !== 'string') return value;
    if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== first));
    return { ...value, [first]: drop(value[first] ?? null, rest) };
  };
  const dropped = drop(item, parsed.segments);
  return isJsonObject(dropped) ? dropped : item;
}

/** The parent as it is kept: without the array, which its fields name no more. */
export function parentField(source: ModelSchema | undefined, path: string | undefined): ModelField {
  const whole: ModelField = { type: 'object', fields: source?.fields ?? {}, open: source?.open ?? true };
  const parsed = parsePath(path ?? '');
  return parsed.ok ? withoutField(whole, parsed.segments) : whole;
}

function withoutField(field: ModelField, [first, ...rest]: (string | number)[]): ModelField {
  const own = typeof first === 'string' ? field.fields?.[first] : undefined;
  if (typeof first !== 'string' || !own || !field.fields) return field;
  const { [first]: _dropped, ...others } = field.fields;
  return { ...field, fields: rest.length === 0 ? others : { ...field.fields, [first]: withoutField(own, rest) } };
}
