import { entrySchema } from '../../../component-schema';
import { validateEntry } from '../../../entry-validation';
import { fail } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { toNumber } from '../../../numbers';
import { text } from '../../../text';
import type { StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { failValidation, validateInput } from '../../validate-input';

export const getActionModel = defineDataflowStep(
  { validateInput },
  {
    id: 'get-action-model', group: 'input', class: 'pure', version: 1, icon: 'square-text', sources: 'none', cardinality: '→1', callerModel: true,
    title: text('Get action model', 'Obtenir le modèle d’action'), summary: text('The values of the calling form', 'Les valeurs du formulaire appelant'),
    help: text(
      'First step of a flow started from a form or by a program: delivers the current values of the component’s fields, unsaved edits included. Id 0 means not saved yet. Fields the component does not have are dropped.',
      'Première étape d’un flux lancé depuis un formulaire ou un programme : livre les valeurs actuelles des champs du composant, modifications non enregistrées comprises. L’identifiant 0 veut dire pas encore enregistré. Les champs inconnus du composant sont retirés.'),
    errors: ['VALIDATION_FAILED', 'STEP_NOT_ALLOWED_HERE', 'NO_CALLER'],
    examples: [{
      title: text('A form', 'Un formulaire'), params: {}, caller: { data: { user_name: 'Ana' } },
      output: [{ id: 0, name: null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana' } }],
    }],
    foot: (_params, { component }) => text(`${component.fields.length} fields`, `${component.fields.length} champs`),
    outputSchema: (_params, _sources, { component }) => entrySchema(component),
    run: ({ validateInput: validate }, _input, use) => {
      if (use.callerModel === undefined) fail('NO_CALLER', text('This flow takes the values of a form, and nobody gave any. Start it from a form, with input, or from a step.', 'Ce flux prend les valeurs d’un formulaire, et personne n’en a donné. Lancez-le d’un formulaire, avec une entrée, ou depuis une étape.'));
      return { kind: 'items', items: [actionModel(use.callerModel ?? {}, validate ?? false, use)], many: false };
    },
  },
);

function actionModel(caller: Json, validate: boolean, use: StepUse): JsonObject {
  const given = isJsonObject(caller) ? caller : {};
  const sent = isJsonObject(given['data'] ?? null) ? given['data'] : null;
  const values: JsonObject = isJsonObject(sent ?? null) && isJsonObject(sent) ? sent : {};
  const fields = use.context.component.fields;
  const known = new Set(fields.map((each) => each.name));
  const stale = Object.keys(values).filter((key) => !known.has(key));
  if (stale.length > 0) use.warn(text(`Dropped fields the component does not have: ${stale.join(', ')}.`, `Champs inconnus du composant, retirés : ${stale.join(', ')}.`));
  if (validate) {
    const checked = validateEntry(fields, values, 'create');
    if (!checked.ok) failValidation(checked.bad);
  }
  const data = Object.fromEntries(fields.map((each): [string, Json] => [each.name, values[each.name] ?? null]));
  const system = (key: string) => given[key] ?? null;
  return {
    id: idOf(given['id'] ?? null), name: system('name'), createdDate: system('createdDate'), updateDate: system('updateDate'),
    creatorSubject: system('creatorSubject'), changeAuthor: system('changeAuthor'), data,
  };
}

/** 0 is not saved yet; text that is a number names the same entry, which would otherwise be created a second time. */
function idOf(value: Json): number {
  const id = toNumber(value);
  return id !== undefined && Number.isSafeInteger(id) && id > 0 ? id : 0;
}
