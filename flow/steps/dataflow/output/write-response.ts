import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';

export const writeResponse = defineDataflowStep(
  { exposeSecrets: field.flag(text('Include secret fields', 'Inclure les champs secrets')) },
  {
    id: 'write-response', group: 'output', class: 'terminal', version: 1, icon: 'corner-down-left', sources: 'one', cardinality: 'n→1',
    title: text('Write response', 'Écrire la réponse'), summary: text('Answer the caller', 'Répond à l’appelant'),
    help: text(
      'Returns the final result to the caller as soon as it runs: an object for one item, an array for many. Of several, the first that gets an item answers. Steps placed later still run.',
      'Renvoie le résultat à l’appelant dès son exécution : un objet pour un élément, un tableau pour plusieurs. S’il y en a plusieurs, la première qui reçoit un élément répond. Les étapes placées après s’exécutent quand même.'),
    errors: ['LIMIT_EXCEEDED'],
    examples: [{ title: text('Many items', 'Plusieurs éléments'), params: {}, input: [{ a: 1 }, { a: 2 }], output: [{ a: 1 }, { a: 2 }] }],
    foot: () => text('to the caller', 'à l’appelant'),
    outputSchema: (_params, { source }) => source ?? { cardinality: 'many', open: true, fields: {} },
    run: (_params, { source }) => {
      const items = [...source.items];
      return { kind: 'items', items, many: source.many, response: source.many ? items : (items[0] ?? null) };
    },
  },
);
