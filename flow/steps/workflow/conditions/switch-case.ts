import { equal } from '../../../compare';
import type { ComponentField } from '../../../component-model';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import { text, type Text } from '../../../text';
import { fieldNamed, readModel } from '../../../workflow-model';
import { optionsOf } from '../../choices';
import { defineWorkflowStep } from '../../define-step';
import { field } from '../../field';

export const switchCase = defineWorkflowStep(
  { switchField: field.path(text('Switch source field', 'Champ source du switch'), { required: true, help: text('A field of yes and no, or one with a list of choices.', 'Un champ oui/non, ou un champ à liste de choix.') }) },
  {
    id: 'switch-case', group: 'conditions', class: 'control', version: 1, icon: 'list-tree', leaves: true,
    errors: ['TYPE_MISMATCH'],
    title: text('Switch case', 'Switch case'), summary: text('Choose one branch by a value', 'Choisit une branche selon une valeur'),
    help: text(
      'Chooses one branch by the value of a field, and "Otherwise" for no value or an unknown one. The steps behind it in the script never run: a branch that ends without Finish or Reset to draft finishes the instance.',
      'Choisit une branche selon la valeur d’un champ, et « Sinon » pour une valeur absente ou inconnue. Les étapes qui suivent dans le script ne s’exécutent jamais : une branche sans Terminer ni Réinitialiser au brouillon termine l’instance.'),
    examples: [],
    lanes: ({ switchField }, { component }) => [
      ...(optionsOf(fieldNamed(component, switchField)) ?? []).map((each) => ({ case: String(each.value), label: each.label })), { case: 'default', label: otherwise },
    ],
    foot: ({ switchField }) => (switchField ? text(`by ${switchField}`, `selon ${switchField}`) : text('', '')),
    problems: ({ switchField }, _sources, { component }) => {
      const chosen = fieldNamed(component, switchField);
      return chosen && optionsOf(chosen) === null ? [{ code: 'TYPE_MISMATCH', param: 'switchField', text: noChoices(chosen) }] : [];
    },
    run: ({ switchField }, { model }, use) => {
      const chosen = fieldNamed(use.context.component, switchField);
      const options = chosen ? optionsOf(chosen) : null;
      if (!chosen || !options) fail('TYPE_MISMATCH', chosen ? noChoices(chosen) : text(`The component has no field "${switchField ?? ''}".`, `Le composant n’a pas de champ « ${switchField ?? ''} ».`), { path: switchField ?? '' });
      const value: Json = readModel(model, switchField ?? '');
      const option = options.find((each) => equal(each.value, value));
      return { kind: 'model', model, next: { to: 'lane', case: option ? String(option.value) : 'default' } };
    },
  },
);

const otherwise = text('Otherwise', 'Sinon');

function noChoices(chosen: ComponentField): Text {
  return text(`"${chosen.title}" is neither yes/no nor a list of choices: it cannot choose a branch.`, `« ${chosen.title} » n’est ni oui/non ni une liste de choix : il ne peut choisir une branche.`);
}
