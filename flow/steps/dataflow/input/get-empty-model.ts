import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { validateInput } from '../../validate-input';

export const getEmptyModel = defineDataflowStep(
  { validateInput },
  {
    id: 'get-empty-model', group: 'input', class: 'pure', version: 1, icon: 'square-dashed', sources: 'none', cardinality: '→1', callerModel: true,
    title: text('Get empty model', 'Obtenir le modèle vide'), summary: text('Start without any input', 'Commence sans entrée'),
    help: text('Starts a flow that needs no input, such as a report or a scheduled job. Gives one empty item, so that the following steps run once; a model sent by a caller is ignored.', 'Lance un flux sans entrée, comme un rapport ou une tâche planifiée. Donne un élément vide, pour que les étapes suivantes s’exécutent une fois ; un modèle envoyé par l’appelant est ignoré.'),
    errors: [],
    examples: [{ title: text('Always the same', 'Toujours pareil'), params: {}, output: [{}] }],
    outputSchema: () => ({ cardinality: 'one', open: false, fields: {} }),
    run: () => ({ kind: 'items', items: [{}], many: false }),
  },
);
