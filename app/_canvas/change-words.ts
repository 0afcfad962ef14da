import { isJsonObject, type Json } from '#flow/json';
import type { StepType } from '#flow/steps/define-step';
import type { Locale } from '#flow/text';

/** The name people know a changed key by: "Filter value" for `params.filterValue`, "Operations[1].op" for a row. */
export function changeLabel(type: StepType | null | undefined, key: string, locale: Locale): string {
  const [, param = '', rest = ''] = /^params\.([^.[]+)(.*)$/.exec(key) ?? [];
  const label = type?.params[param]?.label[locale];
  return label === undefined ? key : `${label}${rest}`;
}

/** A value as a card or a list has room for: `{const: 5}` is 5, everything else as JSON, cut. */
export function changeValue(value: Json | undefined, longest: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.slice(0, longest);
  const [form, ...others] = isJsonObject(value) ? Object.entries(value) : [];
  if (form && others.length === 0 && ['const', 'field', 'expr', 'column'].includes(form[0])) return changeValue(form[1], longest);
  return JSON.stringify(value).slice(0, longest);
}
