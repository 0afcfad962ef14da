import { z } from 'zod';
import type { ComponentField, EntryModel } from '#flow/component-model';
import type { Json } from '#flow/json';
import type { Locale } from '#flow/text';
import { draftOf, type Draft } from './form-values';

/** A form being filled in: what the entry was when read, and what it is to become. */
export type EntryDraft = { base: EntryModel | null; name: string; data: Draft; contested: string[] };

export function startDraft(fields: readonly ComponentField[], base: EntryModel | null): EntryDraft {
  return { base, name: base?.name ?? '', data: draftOf(fields, base?.data ?? {}), contested: [] };
}

/**
 * Somebody else saved the entry meanwhile: fields we left alone take the new values, fields we both changed keep ours
 * and are named, so that saving is a decision.
 */
export function rebase(fields: readonly ComponentField[], draft: EntryDraft, now: EntryModel): EntryDraft {
  const before = draftOf(fields, draft.base?.data ?? {});
  const after = draftOf(fields, now.data);
  const same = (a: Json | undefined, b: Json | undefined) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  const contested = new Set(draft.contested);
  const data: Draft = {};
  for (const { name } of fields) {
    const mine = !same(draft.data[name], before[name]);
    const theirs = !same(after[name], before[name]);
    if (mine && theirs && !same(draft.data[name], after[name])) contested.add(name);
    data[name] = (mine ? draft.data[name] : after[name]) ?? null;
  }
  const keepName = draft.name !== (draft.base?.name ?? '');
  return { base: now, name: keepName ? draft.name : (now.name ?? ''), data, contested: [...contested] };
}

const fieldDetail = z.object({ field: z.string(), message: z.string(), text: z.object({ en: z.string(), fr: z.string() }).optional() });
const fieldDetails = z.array(z.unknown());

/** Messages of a refused write by field, in the reader's language; under a field's own label its title is not repeated. */
export function fieldMessages(details: unknown, locale: Locale, fields: readonly ComponentField[]): Map<string, string> {
  const rows = fieldDetails.safeParse(details);
  const messages = new Map<string, string>();
  for (const row of rows.success ? rows.data : []) {
    const detail = fieldDetail.safeParse(row);
    if (!detail.success) continue;
    const name = detail.data.field.replace(/^data\./, '');
    messages.set(name, withoutTitle(detail.data.text?.[locale] ?? detail.data.message, fields.find((field) => field.name === name)?.title ?? ''));
  }
  return messages;
}

function withoutTitle(message: string, title: string): string {
  const prefix = [`${title}: `, `${title} : `].find((each) => title !== '' && message.startsWith(each));
  const rest = prefix === undefined ? message : message.slice(prefix.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
