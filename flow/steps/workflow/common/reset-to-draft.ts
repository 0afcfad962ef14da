import { text } from '../../../text';
import { defineWorkflowStep } from '../../define-step';

export const resetToDraft = defineWorkflowStep(
  {},
  {
    id: 'reset-to-draft', group: 'common', class: 'terminal', version: 1, icon: 'rotate-ccw',
    errors: [],
    title: text('Reset to draft', 'Réinitialiser au brouillon'), summary: text('Hand the entry back to be edited', 'Rend l’entrée à modifier'),
    help: text(
      'Ends this attempt and returns the instance to draft, so that the entry can be edited and submitted again. Questions still open are closed; values stay as they are and nothing is undone. The next start begins at the first step, as a new attempt.',
      'Termine cette tentative et remet l’instance en brouillon, afin que l’entrée puisse être modifiée puis soumise à nouveau. Les questions encore ouvertes sont fermées ; les valeurs restent et rien n’est annulé. Le prochain lancement repart de la première étape, comme nouvelle tentative.'),
    examples: [],
    foot: () => text('values are kept', 'les valeurs restent'),
    run: (_params, { model }) => ({ kind: 'model', model, next: { to: 'draft' } }),
  },
);
