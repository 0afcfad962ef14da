import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';
import { elementsAt, elementSchema } from './flatten';

export const extractCollection = defineDataflowStep(
  { modelPath: field.path(text('Model path', 'Chemin du modèle'), { required: true, expects: ['array'], help: text('The array to flatten.', 'Le tableau à aplatir.') }) },
  {
    id: 'extract-collection', group: 'transform', class: 'pure', version: 1, icon: 'list-tree', sources: 'one', cardinality: '1→n',
    title: text('Extract collection', 'Extraire des collections'),
    summary: text('One item for each element of an array', 'Un élément par élément d’un tableau'),
    help: text(
      'Turns an array field into a stream: each element becomes an item of its own. Fields of the parent are lost; use Select many to keep them. Null elements are skipped, plain values become {"value": …}.',
      'Transforme un champ tableau en flux : chaque élément devient un élément à part. Les champs du parent sont perdus ; « Sélectionner plusieurs » les garde. Les éléments null sont sautés, les valeurs simples deviennent {"value": …}.'),
    errors: ['NOT_AN_ARRAY', 'FIELD_NOT_FOUND'],
    examples: [{ title: text('Two rows', 'Deux lignes'), params: { modelPath: 'rows' }, input: [{ id: 1, rows: [{ a: 1 }, { a: 2 }] }], output: [{ a: 1 }, { a: 2 }] }],
    foot: ({ modelPath }) => text(modelPath ?? '', modelPath ?? ''),
    outputSchema: ({ modelPath }, { source }) => ({ cardinality: 'many', ...elementSchema(source, modelPath) }),
    run: ({ modelPath }, { source }, use) => perItem(source, use, (item) => elementsAt(item, modelPath ?? ''), true),
  },
);
