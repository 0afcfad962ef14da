import { convert, splitTarget } from './convert';
import { fail } from './failure';
import type { Json } from './json';
import type { FieldType } from './model-schema';
import { reader } from './path';
import type { Item, StepUse } from './steps/capabilities';
import type { MappingRow, Value } from './value';

/** A parameter value bound once per run, then asked for every item. */
export type Getter = (item: Item, items: readonly Item[]) => Json;

export function getterOf(value: Value, use: Pick<StepUse, 'evaluate'>): Getter {
  if ('const' in value) return () => value.const;
  if ('field' in value) return reader(value.field);
  return (item, items) => use.evaluate(value.expr, item, items);
}

export type Target = { name: string; type: FieldType | undefined; get: Getter };

export function targetsOf(rows: readonly MappingRow[], use: Pick<StepUse, 'evaluate'>): Target[] {
  return rows.map((row) => {
    const { name, type } = splitTarget(row.target);
    return { name, type: type ?? undefined, get: getterOf(row.value, use) };
  });
}

/** Converts to the declared type, or fails with TYPE_MISMATCH naming the field and the value. */
export function typed(value: Json, type: FieldType | undefined, path: string): Json {
  if (type === undefined) return value;
  const converted = convert(value, type);
  if (converted.ok) return converted.value;
  const shown = JSON.stringify(value).slice(0, 80);
  return fail('TYPE_MISMATCH', {
    en: `${shown} does not fit "${path}", which is of type ${type}. Correct the value or the type after "@".`,
    fr: `${shown} ne convient pas à « ${path} », de type ${type}. Corrigez la valeur ou le type après « @ ».`,
  }, { path });
}

/** A new-field parameter without its type suffix, or the fallback when it is not set. */
export function fieldNameOf(stored: string | undefined, fallback: string): string {
  return stored ? splitTarget(stored).name : fallback;
}
