import { compares } from '../../../compare';
import { entrySchema } from '../../../component-schema';
import type { Json } from '../../../json';
import { resolvePath } from '../../../path';
import { text } from '../../../text';
import { readModel, withData } from '../../../workflow-model';
import { defineWorkflowStep } from '../../define-step';
import { field } from '../../field';
import { constantFor, isEquality, operandProblems, operatorChoices, operatorLabels } from '../../operators';

export const ifCondition = defineWorkflowStep(
  {
    conditionField: field.path(text('Condition field', 'Champ de la condition'), { required: true }),
    operator: field.choice(text('Operator', 'Opérateur'), operatorChoices, { required: true, default: 'equal' }),
    compareWithNull: field.flag(text('Compare with null', 'Comparer avec null')),
    value: field.constant(text('Value', 'Valeur'), { typeOf: 'conditionField', required: true, showWhen: { param: 'compareWithNull', in: [false] } }),
  },
  {
    id: 'if-condition', group: 'conditions', class: 'control', version: 1, icon: 'git-fork', lanesEnd: true,
    errors: ['TYPE_MISMATCH', 'ALTERNATIVE_WITHOUT_FINISH', 'PARAM_INVALID'],
    title: text('If condition', 'Condition if'), summary: text('Go on, or take the alternative', 'Continue, ou prend l’alternative'),
    help: text(
      'Tests one field of the model. When the condition holds, the main script goes on below; otherwise the alternative runs and never comes back, so each of its paths ends with Finish or Reset to draft.',
      'Teste un champ du modèle. Si la condition est vraie, le script principal continue ; sinon l’alternative s’exécute et ne revient jamais : chacun de ses chemins se termine par Terminer ou Réinitialiser au brouillon.'),
    examples: [],
    lanes: () => [{ case: 'alternative', label: text('Otherwise', 'Sinon') }],
    foot: ({ conditionField, operator, value, compareWithNull }) => {
      const operand = compareWithNull ? 'null' : typeof value === 'string' ? value : JSON.stringify(value ?? '');
      const label = operatorLabels[operator ?? 'equal'];
      return conditionField ? text(`${conditionField} ${label.en} ${operand}`, `${conditionField} ${label.fr} ${operand}`) : text('', '');
    },
    problems: ({ conditionField, operator, value, compareWithNull }, { source }) => {
      if (compareWithNull) return isEquality(operator) ? [] : [{ code: 'PARAM_INVALID', param: 'operator', text: text('Only "equal to" and "not equal to" compare with null.', 'Seuls « égal à » et « différent de » se comparent avec null.') }];
      if (value === undefined || !source || !conditionField) return [];
      const resolved = resolvePath(source, withData(conditionField));
      return operandProblems('value', value, operator ?? 'equal', resolved.found ? resolved.field.type : 'unknown');
    },
    run: ({ conditionField, operator, value, compareWithNull }, { model }, use) => {
      const tested = resolvePath(entrySchema(use.context.component), withData(conditionField ?? ''));
      const operand: Json = compareWithNull ? null : constantFor(value ?? null, operator ?? 'equal', tested.found ? tested.field.type : 'unknown');
      const holds = compares(readModel(model, conditionField ?? ''), operator ?? 'equal', operand);
      return { kind: 'model', model, next: holds ? { to: 'next' } : { to: 'lane', case: 'alternative' } };
    },
  },
);
