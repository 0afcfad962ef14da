import { typeOfField } from '../../../component-schema';
import { convert } from '../../../convert';
import type { ComponentField } from '../../../component-model';
import { validateField } from '../../../entry-validation';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import { writePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { text } from '../../../text';
import { isSystemField, readModel } from '../../../workflow-model';
import { defineWorkflowStep } from '../../define-step';
import { field } from '../../field';

export const updateModelField = defineWorkflowStep(
  {
    modelField: field.path(text('Model field', 'Champ du modèle'), { required: true }),
    value: field.constant(text('Value', 'Valeur'), { typeOf: 'modelField' }),
    sourceField: field.path(text('Source field', 'Champ source'), { help: text('Copied instead of the value when set.', 'Copié à la place de la valeur s’il est défini.') }),
  },
  {
    id: 'update-model-field', group: 'common', class: 'pure', version: 1, icon: 'text-cursor-input',
    title: text('Update model field', 'Mettre à jour le champ du modèle'), summary: text('Set one field of the model', 'Fixe un champ du modèle'),
    help: text('Sets one field of the instance’s model to a constant or to the value of another field. It is stored by a later Update model.', 'Fixe un champ du modèle de l’instance à une constante ou à la valeur d’un autre champ. Une étape « Mettre à jour le modèle » ultérieure l’enregistre.'),
    errors: ['TYPE_MISMATCH', 'VALIDATION_FAILED', 'PARAM_INVALID', 'PARAM_REQUIRED'],
    examples: [{ title: text('A constant', 'Une constante'), params: { modelField: 'state', value: 2 }, input: [{ id: 7, data: { state: 0 } }], output: { id: 7, data: { state: 2 } } }],
    foot: ({ modelField, value, sourceField }) => {
      const shown = modelField ? `${modelField} ← ${sourceField ?? JSON.stringify(value ?? null)}` : '';
      return text(shown, shown);
    },
    problems: ({ modelField, value, sourceField }, _sources, { component }) => {
      const found: StepProblem[] = [];
      if (value === undefined && !sourceField) found.push({ code: 'PARAM_REQUIRED', param: 'value', text: text('Give a value or a source field.', 'Donnez une valeur ou un champ source.') });
      if (value !== undefined && sourceField) found.push({ code: 'PARAM_INVALID', level: 'warning', param: 'value', text: text('Both a value and a source field are set: the source field wins.', 'Une valeur et un champ source sont définis : le champ source l’emporte.') });
      if (modelField && isSystemField(modelField.split('.')[0] ?? '')) found.push({ code: 'PARAM_INVALID', param: 'modelField', text: text(`"${modelField}" is a system field and cannot be set.`, `« ${modelField} » est un champ système et ne peut être fixé.`) });
      const target = component.fields.find((each) => each.name === nameOf(modelField));
      const whole = component.fields.find((each) => nameOf(modelField).startsWith(`${each.name}.`) || nameOf(modelField).startsWith(`${each.name}[`));
      if (!target && whole) found.push({ code: 'PARAM_INVALID', param: 'modelField', text: text(`A part of "${whole.title}" cannot be set. Choose the field itself.`, `Une partie de « ${whole.title} » ne peut être fixée. Choisissez le champ lui-même.`) });
      const checked = target && value !== undefined && !sourceField ? validateField(target, value) : null;
      if (target && checked && !checked.ok) found.push({ code: codeOf(target, value ?? null), param: 'value', text: checked.text });
      return found;
    },
    run: ({ modelField, value, sourceField }, { model }, use) => {
      const name = nameOf(modelField);
      const target = use.context.component.fields.find((each) => each.name === name);
      if (!target) fail('FIELD_NOT_FOUND', text(`The component has no field "${name}".`, `Le composant n’a pas de champ « ${name} ».`), { path: name });
      if (!sourceField && value === undefined) fail('PARAM_REQUIRED', text('Neither a value nor a source field is set.', 'Ni valeur ni champ source ne sont définis.'));
      const given = sourceField ? readModel(model, sourceField) : (value ?? null);
      return { kind: 'model', model: writePath(model, `data.${name}`, checkedValue(target, given)), next: { to: 'next' } };
    },
  },
);

const nameOf = (path: string | undefined) => (path ?? '').replace(/^data\./, '');

/** What cannot become the field's type at all mismatches; the rest breaks one of the field's own rules. */
function codeOf(target: ComponentField, given: Json): 'TYPE_MISMATCH' | 'VALIDATION_FAILED' {
  return given === null || given === '' || convert(given, typeOfField(target)).ok ? 'VALIDATION_FAILED' : 'TYPE_MISMATCH';
}

function checkedValue(target: ComponentField, given: Json): Json {
  const checked = validateField(target, given);
  if (checked.ok) return checked.value;
  return fail(codeOf(target, given), checked.text, { path: `data.${target.name}` });
}
