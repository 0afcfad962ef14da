import type { ComponentField } from '../../../component-model';
import { validateField, type BadField } from '../../../entry-validation';
import { hostileValue } from '../../../hostile-value';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import type { ModelField, ModelSchema } from '../../../model-schema';
import { fieldOfJsonSchema, fieldsOfSample } from '../../../schema-of';
import { text } from '../../../text';
import { convert } from '../../../convert';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { failValidation, validateInput } from '../../validate-input';

export const getRawModel = defineDataflowStep(
  {
    model: field.code(text('Model (JSON)', 'Modèle (JSON)'), {
      language: 'json', required: true, default: '{}',
      help: text('An example of what callers send, or a JSON Schema; {} declares nothing.', 'Un exemple de ce que les appelants envoient, ou un JSON Schema ; {} ne déclare rien.'),
    }),
    validateInput,
  },
  {
    id: 'get-raw-model', group: 'input', class: 'pure', version: 1, icon: 'braces', sources: 'none', cardinality: '→1', callerModel: true,
    title: text('Get raw model', 'Obtenir le modèle brut'), summary: text('Any JSON the caller sends', 'Tout JSON envoyé par l’appelant'),
    help: text(
      'Takes a model of the caller’s own shape. Declare the shape by an example or a JSON Schema: pickers then complete it, and missing keys become null. Extra keys are kept; an array gives one item for each element.',
      'Prend un modèle à la forme voulue par l’appelant. Déclarez la forme par un exemple ou un JSON Schema : les sélecteurs la complètent, et les clés absentes deviennent null. Les clés en plus sont gardées ; un tableau donne un élément par élément.'),
    errors: ['PARSE_ERROR', 'VALIDATION_FAILED'],
    examples: [
      { title: text('Kept as sent', 'Gardé tel quel'), params: { model: '{"stage":"","orderId":0}' }, caller: { stage: 'won', orderId: 5 }, output: [{ stage: 'won', orderId: 5 }] },
      { title: text('Missing becomes null', 'L’absent devient null'), params: { model: '{"a":1,"b":1}' }, caller: { a: 2 }, output: [{ a: 2, b: null }] },
    ],
    foot: ({ model }) => {
      const names = Object.keys(declared(model).fields).join(', ');
      return text(names, names);
    },
    problems: ({ model }) => (parseModel(model) === undefined
      ? [{ code: 'PARSE_ERROR', param: 'model', text: text('The model is not JSON. Write an example object such as {"orderId": 1}.', 'Le modèle n’est pas du JSON. Écrivez un objet exemple comme {"orderId": 1}.') }] : []),
    outputSchema: ({ model }) => declared(model),
    run: ({ model, validateInput: validate }, _input, use) => {
      const schema = declared(model);
      const given = use.callerModel ?? {};
      const many = Array.isArray(given);
      const items = (many ? given : [given]).map((each) => completed(isJsonObject(each) ? each : { value: each }, schema.fields));
      if (validate) validated(items, schema.fields, rulesOf(model));
      return { kind: 'items', items, many };
    },
  },
);

function parseModel(model: string | undefined): Json | undefined {
  try {
    const parsed: Json = JSON.parse(model ?? '{}');
    return hostileValue(parsed) === null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function declared(model: string | undefined): ModelSchema {
  const parsed = parseModel(model) ?? {};
  const sample = Array.isArray(parsed) ? (parsed[0] ?? {}) : parsed;
  if (!isJsonObject(sample) || Object.keys(sample).length === 0) return { cardinality: 'one', open: true, fields: {} };
  const isSchema = sample['type'] === 'object' && isJsonObject(sample['properties'] ?? null);
  const fields = isSchema ? (fieldOfJsonSchema(sample).fields ?? {}) : fieldsOfSample(sample);
  return { cardinality: Array.isArray(parsed) ? 'many' : 'one', open: false, fields };
}

/** Declared keys that are missing become null, inside nested objects that are present too. */
function completed(item: JsonObject, fields: Record<string, ModelField>): JsonObject {
  const made: JsonObject = { ...item };
  for (const [name, each] of Object.entries(fields)) {
    const value = made[name] ?? null;
    made[name] = each.type === 'object' && each.fields && isJsonObject(value) ? completed(value, each.fields) : value;
  }
  return made;
}

function validated(items: readonly JsonObject[], fields: Record<string, ModelField>, rules: Record<string, ComponentField>): void {
  const bad: BadField[] = [];
  for (const item of items) {
    for (const [name, each] of Object.entries(fields)) {
      const value = item[name] ?? null;
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      const checked = rule ? validateField(rule, value) : null;
      if (checked && !checked.ok) bad.push({ field: name, text: checked.text });
      if (checked || convert(value, each.type).ok) continue;
      const shown = JSON.stringify(value).slice(0, 40);
      bad.push({ field: name, text: text(`${name}: ${shown} is not of type ${each.type}.`, `${name} : ${shown} n’est pas de type ${each.type}.`) });
    }
  }
  if (bad.length > 0) failValidation(bad);
}

const ruleTypes = { string: 'string', number: 'number', integer: 'integer', boolean: 'boolean' } as const;

/** What a JSON Schema asks of plain properties, as the rules component fields have. */
function rulesOf(model: string | undefined): Record<string, ComponentField> {
  const schema = parseModel(model) ?? null;
  const properties = isJsonObject(schema) && schema['type'] === 'object' ? (schema['properties'] ?? null) : null;
  if (!isJsonObject(schema) || !isJsonObject(properties)) return {};
  const needed = Array.isArray(schema['required']) ? schema['required'] : [];
  const rules: Record<string, ComponentField> = {};
  for (const [name, each] of Object.entries(properties)) {
    const type = isJsonObject(each) ? Object.entries(ruleTypes).find(([key]) => key === each['type'])?.[1] : undefined;
    if (!isJsonObject(each) || !type) continue;
    const number = (key: string, as: string) => (typeof each[key] === 'number' ? { [as]: each[key] } : {});
    const choices = Array.isArray(each['enum']) ? each['enum'].filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') : [];
    rules[name] = {
      name, title: name, type, required: needed.includes(name), ...number('minimum', 'min'), ...number('maximum', 'max'), ...number('minLength', 'minLength'), ...number('maxLength', 'maxLength'),
      ...(choices.length > 0 ? { enum: choices.map((value) => ({ value, label: String(value) })) } : {}),
    };
  }
  return rules;
}
