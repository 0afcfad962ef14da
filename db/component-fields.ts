import { and, eq, inArray, isNull } from 'drizzle-orm';
import { userInfoComponent, type ComponentField } from '#flow/component-model';
import { validateField } from '#flow/entry-validation';
import { fail } from '#flow/failure';
import { text, type Text } from '#flow/text';
import type { Executor } from './client';
import { components } from './schema';

/** What the shape of one field cannot say: names are unique, settings fit the type, references lead somewhere. */
type BadSetting = { path: string; text: Text };

export async function checkFields(db: Executor, workspaceId: string, componentId: string, fields: readonly ComponentField[]): Promise<void> {
  const known = new Set([componentId, userInfoComponent, ...(await existing(db, workspaceId, fields.flatMap(referred)))]);
  const bad = fields.flatMap((field, place) => [...badSettings(field, fields, place), ...badReferences(field, known)].map((each) => ({ ...each, path: `fields[${place}].${each.path}` })));
  if (bad.length === 0) return;
  fail('VALIDATION_FAILED', text(
    `The model is not valid: ${bad.slice(0, 3).map((each) => each.text.en).join(' ')}`,
    `Le modèle n’est pas valide : ${bad.slice(0, 3).map((each) => each.text.fr).join(' ')}`,
  ), { path: bad[0]?.path ?? '', details: bad.map((each) => ({ path: each.path, message: each.text.en, text: each.text })) });
}

/** The component a field's values refer to, its own or its elements'. */
export function referredComponent(field: ComponentField): string | null {
  if (field.type === 'catalog') return field.componentId ?? null;
  return field.type === 'array' && field.items?.type === 'catalog' ? field.items.componentId : null;
}

function referred(field: ComponentField): string[] {
  const id = referredComponent(field);
  return id === null ? [] : [id];
}

async function existing(db: Executor, workspaceId: string, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db.select({ id: components.id }).from(components)
    .where(and(eq(components.workspaceId, workspaceId), inArray(components.id, ids), isNull(components.deletedAt)));
  return rows.map((row) => row.id);
}

function badSettings(field: ComponentField, fields: readonly ComponentField[], place: number): BadSetting[] {
  const bad: BadSetting[] = [];
  const say = (path: string, en: string, fr: string) => bad.push({ path, text: text(en, fr) });
  const { name } = field;
  if (fields.findIndex((other) => other.name === name) < place) say('name', `The name "${name}" stands twice.`, `Le nom « ${name} » est en double.`);
  if (field.primaryKey && (field.type === 'array' || field.type === 'file' || field.virtual)) {
    say('primaryKey', `"${name}" cannot be a primary key: lists, files and virtual fields have no unique value.`, `« ${name} » ne peut pas être une clé primaire : listes, fichiers et champs virtuels n’ont pas de valeur unique.`);
  }
  if (field.type === 'catalog' && field.componentId === undefined) say('componentId', `"${name}" needs the component it refers to.`, `« ${name} » demande le composant auquel il se réfère.`);
  const empty = bounds(field.min, field.max) || bounds(field.minLength, field.maxLength);
  if (empty) say('max', `"${name}": the minimum is above the maximum.`, `« ${name} » : le minimum dépasse le maximum.`);
  const { enum: choices, ...bare } = field;
  for (const [at, choice] of (choices ?? []).entries()) {
    const checked = validateField(bare, choice.value);
    if (!checked.ok) say(`enum[${at}].value`, checked.text.en, checked.text.fr);
  }
  return bad;
}

function bounds(min: string | number | undefined, max: string | number | undefined): boolean {
  return min !== undefined && max !== undefined && typeof min === typeof max && min > max;
}

function badReferences(field: ComponentField, known: ReadonlySet<string>): BadSetting[] {
  const id = referredComponent(field);
  if (id === null || known.has(id)) return [];
  return [{ path: field.type === 'array' ? 'items.componentId' : 'componentId', text: text(`"${field.name}": there is no component "${id}".`, `« ${field.name} » : il n’y a pas de composant « ${id} ».`) }];
}
