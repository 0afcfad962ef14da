import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { structuralKey } from '#flow/compare';
import type { ComponentField, ComponentModel } from '#flow/component-model';
import { fail } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import { text } from '#flow/text';
import type { Executor } from './client';
import { entryKeys } from './schema';

/** Beyond this a key is kept by its hash: an index row of PostgreSQL holds 2,700 bytes. */
const longestKey = 500;

export function keyFields(fields: readonly ComponentField[]): ComponentField[] {
  return fields.filter((field) => field.primaryKey);
}

/** Text that is equal exactly when two entries have the same primary key; null without a key or with all of it empty. */
export function entryKey(fields: readonly ComponentField[], data: JsonObject): string | null {
  const values = keyFields(fields).map((field) => data[field.name] ?? null);
  if (values.every((value) => value === null)) return null;
  const key = `[${values.map(structuralKey).join(',')}]`;
  return key.length <= longestKey ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** Moves an entry from one key to another; null is none. Of two writers with one key, the second waits and is then refused. */
export async function changeKey(db: Executor, component: ComponentModel, entryId: number, { from, to }: { from: string | null; to: string | null }): Promise<void> {
  if (from === to) return;
  if (from !== null) await db.delete(entryKeys).where(and(eq(entryKeys.componentId, component.id), eq(entryKeys.entryId, entryId)));
  if (to === null) return;
  const claimed = await db.insert(entryKeys).values({ componentId: component.id, key: to, entryId }).onConflictDoNothing().returning({ entryId: entryKeys.entryId });
  if (claimed.length === 0) await refuseKey(db, component, to);
}

/** The keys of many new entries at once; the place of the first that is taken, by another entry or by one of these. */
export async function claimKeys(db: Executor, componentId: string, wanted: readonly { key: string; entryId: number }[]): Promise<number | null> {
  const claimed = new Set<string>();
  const seen = new Set<string>();
  const twice = wanted.findIndex(({ key }) => seen.size === seen.add(key).size);
  const unique = twice < 0 ? wanted : wanted.slice(0, twice);
  if (unique.length > 0) {
    const rows = await db.insert(entryKeys).values(unique.map((each) => ({ componentId, ...each }))).onConflictDoNothing().returning({ key: entryKeys.key });
    for (const row of rows) claimed.add(row.key);
  }
  const taken = unique.findIndex(({ key }) => !claimed.has(key));
  if (taken >= 0) return taken;
  return twice < 0 ? null : twice;
}

export async function refuseKey(db: Executor, component: ComponentModel, key: string): Promise<never> {
  const [holder] = await db.select({ entryId: entryKeys.entryId }).from(entryKeys).where(and(eq(entryKeys.componentId, component.id), eq(entryKeys.key, key)));
  const names = keyFields(component.fields);
  const titles = names.map((field) => field.title).join(', ');
  const taken = holder?.entryId ?? null;
  return fail('DUPLICATE_KEY', text(
    `${titles}: another entry${taken === null ? '' : ` (id ${taken})`} has this value already, and it must be unique. Change it, or update that entry.`,
    `${titles} : une autre entrée${taken === null ? '' : ` (id ${taken})`} a déjà cette valeur, qui doit être unique. Changez-la, ou modifiez cette entrée.`,
  ), { path: names[0] ? `data.${names[0].name}` : '', details: { fields: names.map((field) => field.name), entryId: taken } });
}
