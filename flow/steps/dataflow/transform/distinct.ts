import { itemKey, structuralKey } from '../../../compare';
import { reader } from '../../../path';
import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const distinct = defineDataflowStep(
  { keys: field.paths(text('Keys', 'Clés'), { help: text('Items with the same values here count as the same; none means the whole item.', 'Les éléments aux mêmes valeurs comptent pour un ; aucune clé : l’élément entier.') }) },
  {
    id: 'distinct', group: 'transform', class: 'pure', version: 1, icon: 'layers', sources: 'one', cardinality: 'n→n',
    title: text('Distinct', 'Distinct'), summary: text('Drop items already seen', 'Retire les éléments déjà vus'),
    help: text(
      'Drops items whose key values were already seen; the first occurrence wins and the order is kept. Null equals missing, objects compare by content, references by id; 1 and "1" differ.',
      'Retire les éléments dont les clés ont déjà été vues ; la première occurrence reste et l’ordre est gardé. Null vaut absent, les objets se comparent par contenu, les références par identifiant ; 1 et "1" diffèrent.'),
    errors: [],
    examples: [{ title: text('By one key', 'Par une clé'), params: { keys: ['k'] }, input: [{ k: 1, v: 'a' }, { k: 1, v: 'b' }], output: [{ k: 1, v: 'a' }] }],
    foot: ({ keys }) => (keys?.length ? text(`by ${keys.join(', ')}`, `par ${keys.join(', ')}`) : text('whole item', 'élément entier')),
    outputSchema: (_params, { source }) => source ?? { cardinality: 'many', open: true, fields: {} },
    run: ({ keys }, { source }, use) => {
      const readers = (keys ?? []).map(reader);
      const seen = new Set<string>();
      return perItem(source, use, (item) => {
        const key = readers.length === 0 ? itemKey(item) : readers.map((read) => structuralKey(read(item))).join('\u0001');
        if (seen.has(key)) return null;
        seen.add(key);
        return item;
      });
    },
  },
);
