import { isJsonObject, type Json } from '#flow/json';
import type { StepType } from '#flow/steps/define-step';
import { text, type Locale, type Text } from '#flow/text';

/** What people call the parts of a step, stage, note or flow that are no parameters. */
const parts: Record<string, Text> = {
  name: text('Name', 'Nom'), place: text('Place', 'Position'), type: text('Type', 'Type'), source: text('Source step', 'Étape source'), left: text('Left source', 'Source de gauche'), right: text('Right source', 'Source de droite'),
  disabled: text('Disabled', 'Désactivée'), note: text('Note', 'Note'), onError: text('On error', 'En cas d’erreur'), timeoutMs: text('Time limit of an attempt', 'Durée d’une tentative'),
  'retry.attempts': text('Attempts in all', 'Tentatives en tout'), 'retry.backoff': text('Pauses', 'Pauses'), 'retry.backoffMs': text('First pause', 'Première pause'), 'retry.maxBackoffMs': text('Longest pause', 'Pause la plus longue'),
  'retry.jitter': text('Spread pauses', 'Étaler les pauses'), 'retry.on': text('Try again after', 'Réessayer après'),
  restrictAccess: text('Restricted access', 'Accès restreint'), 'settings.generateApi': text('API endpoint', 'Point d’accès API'), 'settings.elevatedRights': text('Elevated rights', 'Droits étendus'),
  'settings.description': text('Description', 'Description'), 'settings.timeoutMs': text('Time limit', 'Durée limite'), 'settings.concurrency': text('Runs at once', 'Exécutions simultanées'), pos: text('Place', 'Position'), text: text('Text', 'Texte'), size: text('Size', 'Taille'), colour: text('Colour', 'Couleur'),
};

/** The name people know a changed key by: "Filter value" for `params.filterValue`, "Operations 2" for a row. */
export function changeLabel(type: StepType | null | undefined, key: string, locale: Locale): string {
  const [, param = '', rest = ''] = /^params\.([^.[]+)(.*)$/.exec(key) ?? [];
  if (param === '') return (Object.hasOwn(parts, key) ? parts[key] : undefined)?.[locale] ?? key;
  const label = (type && Object.hasOwn(type.params, param) ? type.params[param]?.label[locale] : undefined) ?? param;
  const row = /^\[(\d+)\]/.exec(rest)?.[1];
  return row === undefined ? label : `${label} ${Number(row) + 1}`;
}

/** A value as a card or a list has room for: `{const: 5}` is 5, `{target, value}` is an arrow, everything else JSON, cut. */
export function changeValue(value: Json | undefined, longest: number): string {
  return worded(value).slice(0, longest);
}

function worded(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const [form, ...others] = Object.entries(value);
  if (form && others.length === 0 && ['const', 'field', 'expr', 'column'].includes(form[0])) return typeof form[1] === 'string' ? form[1] : JSON.stringify(form[1]);
  if (typeof value['target'] === 'string' && Object.keys(value).length === 2 && value['value'] !== undefined) return `${value['target']} ← ${worded(value['value'])}`;
  return JSON.stringify(value);
}

/** Places are told by the canvas, not by ids. */
export const isPlace = (key: string): boolean => key === 'place' || key.endsWith('].place');
