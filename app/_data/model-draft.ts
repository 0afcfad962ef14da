import { z } from 'zod';
import type { ComponentField } from '#flow/component-model';
import type { Locale } from '#flow/text';
import { numberOf } from './form-values';

/** A field being edited: a stable key, whether the name is fixed, and what was typed where a text stands for more. */
export type FieldDraft = { key: string; saved: boolean; field: ComponentField };

export const elementTypes = ['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'time', 'uri', 'object', 'catalog'] as const;

export function draftFields(fields: readonly ComponentField[]): FieldDraft[] {
  return fields.map((field) => ({ key: `saved:${field.name}`, saved: true, field }));
}

/** `0|Under review`, one per line: the stored value, then the label; without a label the value is shown. */
export function enumText(choices: ComponentField['enum']): string {
  return (choices ?? []).map((each) => (String(each.value) === each.label ? each.label : `${each.value}|${each.label}`)).join('\n');
}

export function parseEnum(text: string, type: ComponentField['type']): ComponentField['enum'] {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const rows = lines.map((line) => {
    const [given = '', ...rest] = line.split('|');
    const label = rest.join('|').trim() || given.trim();
    const number = type === 'string' ? null : numberOf(given.trim());
    return { value: number ?? given.trim(), label };
  });
  return rows.length > 0 ? rows : undefined;
}

const settings: Record<ComponentField['type'], readonly (keyof ComponentField)[]> = {
  string: ['enum', 'minLength', 'maxLength'], number: ['enum', 'min', 'max'], integer: ['enum', 'min', 'max'], boolean: [], datetime: ['min', 'max'], date: ['min', 'max'],
  time: ['min', 'max'], uri: [], catalog: ['componentId'], array: ['items'], file: ['accept', 'maxSizeBytes'],
};
const common: readonly (keyof ComponentField)[] = ['name', 'title', 'type', 'required', 'primaryKey', 'query', 'virtual'];

/** Another type keeps the settings it shares and drops the rest; bounds change meaning with the type and go. */
export function withType(field: ComponentField, type: ComponentField['type']): ComponentField {
  const kept: Partial<ComponentField> = {};
  const numeric = (each: ComponentField['type']) => each === 'number' || each === 'integer';
  const names = [...common, ...settings[type].filter((name) => (name !== 'min' && name !== 'max') || (numeric(type) && numeric(field.type)))];
  for (const name of names) if (field[name] !== undefined) Object.assign(kept, { [name]: field[name] });
  return { ...kept, name: field.name, title: field.title, type, ...(type === 'array' && !field.items ? { items: { type: 'string' as const } } : {}) };
}

/** Sets one setting; undefined, false and empty text take it away, so that a default is never stored. */
export function withSetting<K extends keyof ComponentField>(field: ComponentField, name: K, value: ComponentField[K] | undefined): ComponentField {
  const { [name]: _before, ...rest } = field;
  const empty = value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0);
  const next = empty ? rest : { ...rest, [name]: value };
  return { ...next, name: name === 'name' ? String(value ?? '') : field.name, title: name === 'title' ? String(value ?? '') : field.title, type: field.type };
}

/** A system name from a label: letters, digits and "_". */
export function nameFrom(title: string, taken: readonly string[]): string {
  const plain = title.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, '').replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '').toLowerCase();
  const base = (/^[a-z]/.test(plain) ? plain : `field_${plain}`).replace(/_$/, '').slice(0, 60);
  if (!taken.includes(base)) return base;
  for (let n = 2; ; n++) if (!taken.includes(`${base}_${n}`)) return `${base}_${n}`;
}

export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  const moved = list[from];
  return moved === undefined ? rest : [...rest.slice(0, to), moved, ...rest.slice(to)];
}

const detail = z.object({ path: z.string().optional(), entryId: z.number().optional(), field: z.string().optional(), message: z.string(), text: z.object({ en: z.string(), fr: z.string() }).optional() });
const details = z.array(z.unknown());
export type ModelTrouble = { byField: Map<number, { setting: string; message: string }[]>; entries: { entryId: number; field: string; message: string }[] };

/** Why a model was refused: faults of its own fields by their place, and entries that do not fit it. */
export function troubleOf(given: unknown, locale: Locale): ModelTrouble {
  const trouble: ModelTrouble = { byField: new Map(), entries: [] };
  const rows = details.safeParse(given);
  for (const row of rows.success ? rows.data : []) {
    const found = detail.safeParse(row);
    if (!found.success) continue;
    const message = found.data.text?.[locale] ?? found.data.message;
    const place = /^fields(?:\.|\[)(\d+)\]?\.?(\w*)/.exec(found.data.path ?? '');
    if (found.data.entryId !== undefined) trouble.entries.push({ entryId: found.data.entryId, field: found.data.field ?? '', message });
    else if (place) {
      const at = Number(place[1]);
      trouble.byField.set(at, [...(trouble.byField.get(at) ?? []), { setting: place[2] ?? '', message }]);
    }
  }
  return trouble;
}
