import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';
import { elementsAt, elementSchema, parentField, withoutArray } from './flatten';

export const selectMany = defineDataflowStep(
  { modelPath: field.path(text('Model path', 'Chemin du modèle'), { required: true, expects: ['array'], help: text('The array to flatten.', 'Le tableau à aplatir.') }) },
  {
    id: 'select-many', group: 'transform', class: 'pure', version: 1, icon: 'network', sources: 'one', cardinality: '1→n',
    title: text('Select many', 'Sélectionner plusieurs'),
    summary: text('Like Extract collection, with the parent kept', 'Comme Extraire des collections, en gardant le parent'),
    help: text(
      'One item for each element of an array; the parent stays reachable under "$parent", without the array itself. Applied twice it gives "$parent.$parent".',
      'Un élément par élément d’un tableau ; le parent reste accessible sous « $parent », sans le tableau lui-même. Appliqué deux fois : « $parent.$parent ».'),
    errors: ['NOT_AN_ARRAY', 'FIELD_NOT_FOUND'],
    examples: [{ title: text('Parent kept', 'Parent gardé'), params: { modelPath: 'rows' }, input: [{ id: 1, rows: [{ a: 1 }] }], output: [{ a: 1, $parent: { id: 1 } }] }],
    foot: ({ modelPath }) => text(modelPath ?? '', modelPath ?? ''),
    outputSchema: ({ modelPath }, { source }) => {
      const element = elementSchema(source, modelPath);
      return { cardinality: 'many', open: element.open, fields: { ...element.fields, $parent: parentField(source, modelPath) } };
    },
    run: ({ modelPath }, { source }, use) => perItem(source, use, (item) => {
      const $parent = withoutArray(item, modelPath ?? '');
      return elementsAt(item, modelPath ?? '').map((element) => ({ ...element, $parent }));
    }, true),
  },
);
