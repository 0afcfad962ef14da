import { fail } from '#flow/failure';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { isJsonObject, type Json } from '#flow/json';
import { text } from '#flow/text';

/** What a dataflow's caller must give, judged before there is a run: a form's values are an entry model, a raw model is any JSON. */
export function checkCallerModel(definition: FlowDefinition, input: Json | undefined): void {
  if (input === undefined || !stepsOf(definition).some((step) => step.type === 'get-action-model' && step.disabled !== true)) return;
  const given = Array.isArray(input) ? 'an array' : input === null ? 'null' : typeof input;
  const fits = isJsonObject(input) && (input['data'] === undefined ? Object.keys(input).length === 0 : isJsonObject(input['data']));
  if (fits) return;
  const what = isJsonObject(input) ? text('an object without "data"', 'un objet sans « data »') : text(given, given);
  fail('TYPE_MISMATCH', text(
    `This flow takes the values of a form: an entry model or {"data":{…}}. It was given ${what.en}.`, `Ce flux prend les valeurs d’un formulaire : un modèle d’entrée ou {"data":{…}}. Il a reçu ${what.fr}.`), { path: 'input' });
}
