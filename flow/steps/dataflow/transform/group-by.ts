import { isReference, structuralKey } from '../../../compare';
import { fieldNameOf } from '../../../evaluate';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { parsePath, reader, resolvePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { text } from '../../../text';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';

export const groupBy = defineDataflowStep(
  {
    keys: field.paths(text('Keys', 'Clés'), { required: true }),
    itemsField: field.newField(text('Items field', 'Champ des éléments'), { default: 'items', help: text('The array of the gathered items.', 'Le tableau des éléments rassemblés.') }),
  },
  {
    id: 'group-by', group: 'transform', class: 'pure', version: 1, icon: 'group', sources: 'one', cardinality: 'n→n',
    title: text('Group by', 'Grouper par'), summary: text('One item for each key', 'Un élément par clé'),
    help: text(
      'Waits for all items and gathers them into one item per distinct combination of keys, in the order of first occurrence. A key keeps its last name; keys whose last names clash get their whole path, joined by "_".',
      'Attend tous les éléments et les rassemble en un élément par combinaison de clés, dans l’ordre de première apparition. Une clé garde son dernier nom ; celles dont les noms se heurtent prennent leur chemin entier, joint par « _ ».'),
    errors: ['PARAM_REQUIRED', 'TYPE_MISMATCH', 'LIMIT_EXCEEDED'],
    examples: [{
      title: text('By one key', 'Par une clé'), params: { keys: ['c'] }, input: [{ c: 'A', v: 1 }, { c: 'A', v: 2 }, { c: 'B', v: 3 }],
      output: [{ c: 'A', items: [{ c: 'A', v: 1 }, { c: 'A', v: 2 }] }, { c: 'B', items: [{ c: 'B', v: 3 }] }],
    }],
    foot: ({ keys, itemsField }) => {
      const shown = `${(keys ?? []).join(', ')} → ${fieldNameOf(itemsField, 'items')}`;
      return keys?.length ? text(shown, shown) : text('', '');
    },
    problems: ({ keys, itemsField }) => {
      const names = keyNames(keys ?? []);
      const twice = names.flatMap((name, place): StepProblem[] => (names.indexOf(name) === place ? []
        : [{ code: 'PARAM_INVALID', param: `keys[${place}]`, text: text(`Another key gives the field "${name}" too. Remove one, or rename its field in a step before.`, `Une autre clé donne aussi le champ « ${name} ». Retirez l’une, ou renommez son champ dans une étape en amont.`) }]));
      return names.includes(fieldNameOf(itemsField, 'items'))
        ? [...twice, { code: 'PARAM_INVALID', param: 'itemsField', text: text('A key has this name too. Name the items field otherwise.', 'Une clé porte aussi ce nom. Nommez autrement le champ des éléments.') }] : twice;
    },
    outputSchema: ({ keys, itemsField }, { source }) => {
      const paths = keys ?? [];
      const names = keyNames(paths);
      const fields: Record<string, ModelField> = {};
      paths.forEach((path, place) => {
        const resolved = source ? resolvePath(source, path) : undefined;
        fields[names[place] ?? path] = resolved?.found ? resolved.field : { type: 'unknown' };
      });
      fields[fieldNameOf(itemsField, 'items')] = { type: 'array', items: { type: 'object', fields: source?.fields ?? {}, open: source?.open ?? true } };
      return { cardinality: 'many', open: false, fields };
    },
    run: ({ keys, itemsField }, { source }, use) => {
      const paths = keys ?? [];
      const names = keyNames(paths);
      const readers = paths.map(reader);
      const name = fieldNameOf(itemsField, 'items');
      const groups = new Map<string, { values: Json[]; items: Item[] }>();
      source.items.forEach((item, index) => {
        if (index % 1024 === 0) use.signal.throwIfAborted();
        const values = readers.map((read, place) => checked(read(item), paths[place] ?? '', index));
        const key = values.map(structuralKey).join('\u0001');
        const group = groups.get(key);
        if (group) group.items.push(item);
        else groups.set(key, { values, items: [item] });
      });
      const items = [...groups.values()].map((group): Item => {
        const made: Item = {};
        names.forEach((each, place) => (made[each] = group.values[place] ?? null));
        made[name] = group.items;
        return made;
      });
      return { kind: 'items', items, many: true };
    },
  },
);

/** The last segment of each path, or the whole path joined by "_" for those that clash. */
function keyNames(paths: readonly string[]): string[] {
  const segments = paths.map((path) => {
    const parsed = parsePath(path);
    return parsed.ok ? parsed.segments.map(String) : [path];
  });
  const last = segments.map((each) => each.at(-1) ?? '');
  return last.map((name, place) => (last.filter((each) => each === name).length > 1 ? (segments[place] ?? []).join('_') : name));
}

function checked(value: Json, path: string, index: number): Json {
  if (value === null || typeof value !== 'object' || isReference(value)) return value;
  return fail('TYPE_MISMATCH', text(`The key "${path}" is ${Array.isArray(value) ? 'an array' : 'an object'}: group by a plain value or a reference.`, `La clé « ${path} » est ${Array.isArray(value) ? 'un tableau' : 'un objet'} : groupez par une valeur simple ou une référence.`), { path, itemIndex: index });
}
