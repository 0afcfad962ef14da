import { shapeMismatch } from '../../../answer-shape';
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
      if (validate) validated(many ? given : [given], items, schema.fields, model);
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

/** A JSON Schema of a list says the same as one of its elements, in brackets. */
function elementSchemaOf(parsed: Json | undefined): Json | undefined {
  const items = isJsonObject(parsed ?? null) && isJsonObject(parsed) && parsed['type'] === 'array' ? (parsed['items'] ?? null) : null;
  return isJsonObject(items) && isJsonObject(items['properties'] ?? null) ? [items] : parsed;
}

function declared(model: string | undefined): ModelSchema {
  const parsed = elementSchemaOf(parseModel(model)) ?? {};
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

function validated(given: readonly Json[], items: readonly JsonObject[], fields: Record<string, ModelField>, model: string | undefined): void {
  const schema = jsonSchemaOf(model);
  const rules = schema ? rulesOf(schema) : {};
  const bad: BadField[] = [];
  for (const [place, item] of items.entries()) {
    if (schema) bad.push(...misshapen(given[place] ?? null, schema, rules));
    for (const [name, each] of Object.entries(fields)) {
      const value = item[name] ?? null;
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      const checked = rule ? validateField(rule, value) : null;
      if (checked && !checked.ok) bad.push({ field: name, text: checked.text });
      if (checked || schema || convert(value, each.type).ok) continue;
      const shown = JSON.stringify(value).slice(0, 40);
      bad.push({ field: name, text: text(`${name}: ${shown} is not of type ${each.type}.`, `${name} : ${shown} n’est pas de type ${each.type}.`) });
    }
  }
  if (bad.length > 0) failValidation(bad);
}

const ruleTypes = { string: 'string', number: 'number', integer: 'integer', boolean: 'boolean' } as const;

type ObjectSchema = { properties: JsonObject; required: readonly Json[] };

function jsonSchemaOf(model: string | undefined): ObjectSchema | null {
  const declaration = elementSchemaOf(parseModel(model)) ?? null;
  const schema = Array.isArray(declaration) ? (declaration[0] ?? null) : declaration;
  const properties = isJsonObject(schema) && schema['type'] === 'object' ? (schema['properties'] ?? null) : null;
  return isJsonObject(schema) && isJsonObject(properties) ? { properties, required: Array.isArray(schema['required']) ? schema['required'] : [] } : null;
}

/** Properties that hold lists and objects: needed ones that are missing, and what is not as the schema says inside. */
function misshapen(given: Json, { properties, required }: ObjectSchema, rules: Record<string, ComponentField>): BadField[] {
  const item = isJsonObject(given) ? given : {};
  const names = new Set([...Object.keys(properties), ...required.filter((each) => typeof each === 'string')]);
  return [...names].flatMap((name): BadField[] => {
    if (Object.hasOwn(rules, name)) return [];
    const value = item[name] ?? null;
    if (value === null) return required.includes(name) ? [{ field: name, text: text(`${name} is required.`, `${name} est obligatoire.`) }] : [];
    const found = shapeMismatch(properties[name] ?? null, withoutNulls(value), name);
    return found ? [{ field: found.path, text: text(`${found.text.en}.`, `${found.text.fr}.`) }] : [];
  });
}

/** Null and missing are the same. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).flatMap(([key, each]): [string, Json][] => (each === null ? [] : [[key, withoutNulls(each)]]))) : value;
}

/** What a JSON Schema asks of plain properties, as the rules component fields have. */
function rulesOf({ properties, required: needed }: ObjectSchema): Record<string, ComponentField> {
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
