import { joinKey } from '../../../compare';
import { splitTarget } from '../../../convert';
import { typed } from '../../../evaluate';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { readExact, reader } from '../../../path';
import { fieldOfTarget, withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { MappingRow } from '../../../value';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const joinModels = defineDataflowStep(
  {
    leftKey: field.path(text('Left key', 'Clé gauche'), { required: true, port: 'left' }),
    rightKey: field.path(text('Right key', 'Clé droite'), { required: true, port: 'right' }),
    map: field.mapping(text('Map', 'Mappage'), { port: 'right', forms: ['field', 'const'], target: { kind: 'newField' }, addLabel: text('Add field', 'Ajouter un champ'), help: text('Fields taken from the right item.', 'Champs pris à l’élément de droite.') }),
    joinType: field.choice(text('Join type', 'Type de jointure'), [
      { value: 'left', label: text('Keep all of the left', 'Garder toute la gauche') }, { value: 'inner', label: text('Only matches', 'Seulement les correspondances') },
    ], { default: 'left' }),
  },
  {
    id: 'join-models', group: 'transform', class: 'pure', version: 1, icon: 'merge', sources: 'two', cardinality: 'n,n→n', runsEmpty: true,
    title: text('Join models', 'Joindre des modèles'), summary: text('Add fields from a second step by key', 'Ajoute des champs d’une seconde étape par clé'),
    help: text(
      'Waits for two steps, then adds to each left item the fields of the right items with the same key. Numbers and numeric text match; null keys never do; several matches give one item each, in left then right order.',
      'Attend deux étapes, puis ajoute à chaque élément de gauche les champs des éléments de droite de même clé. Nombres et textes numériques se correspondent ; les clés null jamais ; plusieurs correspondances donnent chacune un élément, dans l’ordre gauche puis droite.'),
    errors: ['SOURCE_MISSING', 'PARAM_INVALID', 'TYPE_MISMATCH', 'LIMIT_EXCEEDED'],
    examples: [{
      title: text('Cities by key', 'Villes par clé'), left: [{ k: 1 }, { k: 2 }], right: [{ key: 1, city: 'Oslo' }],
      params: { leftKey: 'k', rightKey: 'key', map: [{ target: 'city', value: { field: 'city' } }] }, output: [{ k: 1, city: 'Oslo' }, { k: 2, city: null }],
    }],
    foot: ({ leftKey, rightKey }) => (leftKey && rightKey ? text(`${leftKey} = ${rightKey}`, `${leftKey} = ${rightKey}`) : text('', '')),
    outputSchema: ({ map }, { left, right }) => withFields(left ? { ...left, cardinality: 'many' } : left, Object.fromEntries((map ?? []).map((row): [string, ModelField] => {
      const made = fieldOfTarget(row.target, row.value, right);
      return [made.name, made.field];
    }))),
    run: ({ leftKey, rightKey, map, joinType }, { left, right }, use) => {
      const targets = (map ?? []).map((row) => ({ ...splitTarget(row.target), row }));
      const index = indexBy(right.items, rightKey ?? '', 'right');
      const readLeft = reader(leftKey ?? '');
      let count = 0;
      return perItem(left, use, (item, place) => {
        const key = keyOf(readLeft(item), leftKey ?? '', place);
        const matches = key === null ? [] : (index.get(key) ?? []);
        count += joinType === 'inner' ? matches.length : Math.max(matches.length, 1);
        if (count > use.mostItems) fail('LIMIT_EXCEEDED', tooMany(use.mostItems));
        if (matches.length === 0) return joinType === 'inner' ? null : unmatched(item, targets);
        return matches.map((match) => joined(item, match, targets));
      }, true);
    },
  },
);

const tooMany = (most: number) => text(`The join makes more than ${most.toLocaleString('en')} items. Make the keys more exact.`, `La jointure produit plus de ${most.toLocaleString('fr')} éléments. Précisez les clés.`);

type Target = { name: string; type: ModelField['type'] | undefined | null; row: MappingRow };

function indexBy(items: readonly Item[], path: string, side: string): Map<string, Item[]> {
  const index = new Map<string, Item[]>();
  const read = reader(path);
  items.forEach((item, place) => {
    const key = keyOf(read(item), `${side}.${path}`, place);
    if (key === null) return;
    const list = index.get(key);
    if (list) list.push(item);
    else index.set(key, [item]);
  });
  return index;
}

function keyOf(value: Json, path: string, place: number): string | null {
  const key = joinKey(value);
  if (key !== undefined) return key;
  return fail('TYPE_MISMATCH', text(`The key "${path}" is an object or array. Choose a plain value or a reference.`, `La clé « ${path} » est un objet ou un tableau. Choisissez une valeur simple ou une référence.`), { path, itemIndex: place });
}

/** A path may name its side (`right.city`) when the model has no such field itself. */
function valueOf(row: MappingRow, left: Item, right: Item): Json {
  if ('const' in row.value) return row.value.const;
  if (!('field' in row.value)) return null;
  const path = row.value.field;
  const own = readExact(right, path);
  if (own !== undefined) return own;
  if (path.startsWith('right.')) return readExact(right, path.slice('right.'.length)) ?? null;
  return path.startsWith('left.') ? (readExact(left, path.slice('left.'.length)) ?? null) : null;
}

function joined(left: Item, right: Item, targets: readonly Target[]): Item {
  const made: Item = { ...left };
  for (const target of targets) made[target.name] = typed(valueOf(target.row, left, right), target.type ?? undefined, target.name);
  return made;
}

/** Without a match a new field is null, and an existing one stays as it is. */
function unmatched(left: Item, targets: readonly Target[]): Item {
  const made: Item = { ...left };
  for (const target of targets) if (!Object.hasOwn(made, target.name)) made[target.name] = null;
  return made;
}
