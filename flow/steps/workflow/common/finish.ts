import { text } from '../../../text';
import { defineWorkflowStep } from '../../define-step';

export const finish = defineWorkflowStep(
  {},
  {
    id: 'finish', group: 'common', class: 'terminal', version: 1, icon: 'flag',
    title: text('Finish', 'Terminer'), summary: text('End the workflow', 'Termine le flux de travail'),
    help: text('Ends the instance: its state becomes finished. Changes of the model that no Update model stored are lost; the end of the last stage finishes too.', 'Termine l’instance : son état devient terminé. Les changements du modèle non enregistrés sont perdus ; la fin de la dernière phase termine aussi.'),
    errors: [],
    examples: [],
    foot: () => text('state finished', 'état terminé'),
    run: (_params, { model }) => ({ kind: 'model', model, next: { to: 'finish' } }),
  },
);
