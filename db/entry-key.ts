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

/** Of two writers with one key, the second waits for the first and is then refused. */
export async function claimKey(db: Executor, component: ComponentModel, entryId: number, key: string | null): Promise<void> {
  await db.delete(entryKeys).where(and(eq(entryKeys.componentId, component.id), eq(entryKeys.entryId, entryId)));
  if (key === null) return;
  const claimed = await db.insert(entryKeys).values({ componentId: component.id, key, entryId }).onConflictDoNothing().returning({ entryId: entryKeys.entryId });
  if (claimed.length > 0) return;
  const [holder] = await db.select({ entryId: entryKeys.entryId }).from(entryKeys).where(and(eq(entryKeys.componentId, component.id), eq(entryKeys.key, key)));
  const names = keyFields(component.fields);
  const titles = names.map((field) => field.title).join(', ');
  const taken = holder?.entryId ?? null;
  fail('DUPLICATE_KEY', text(
    `${titles}: another entry${taken === null ? '' : ` (id ${taken})`} has this value already, and it must be unique. Change it, or update that entry.`,
    `${titles} : une autre entrée${taken === null ? '' : ` (id ${taken})`} a déjà cette valeur, qui doit être unique. Changez-la, ou modifiez cette entrée.`,
  ), { path: names[0] ? `data.${names[0].name}` : '', details: { fields: names.map((field) => field.name), entryId: taken } });
}
