import type { ComponentField } from '#flow/component-model';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';

/** What a run of this definition takes from its caller. */
export type RunInput =
  | { kind: 'none' }
  /** The values of a form of the flow's component. */
  | { kind: 'form' }
  /** Any JSON; `sample` is the declared model, `files` the keys of it that hold a file. */
  | { kind: 'raw'; sample: string; files: string[] }
  | { kind: 'entry' };

export function inputOf(definition: FlowDefinition): RunInput {
  if (definition.kind === 'workflow') return { kind: 'entry' };
  for (const step of stepsOf(definition)) {
    if (step.disabled) continue;
    if (step.type === 'get-action-model') return { kind: 'form' };
    if (step.type === 'get-raw-model') return rawInput(step.params?.['model']);
  }
  return { kind: 'none' };
}

function rawInput(declared: Json | undefined): RunInput {
  const model = parse(typeof declared === 'string' ? declared : '{}');
  const sample = isJsonObject(model) && isJsonObject(model['properties'] ?? null) && typeof model['type'] === 'string' ? sampleOf(model) : model;
  const files = isJsonObject(sample) ? Object.entries(sample).flatMap(([key, value]) => (isFile(value) ? [key] : [])) : [];
  return { kind: 'raw', sample: JSON.stringify(sample ?? {}, null, 2), files };
}

const isFile = (value: Json) => isJsonObject(value) && 'id' in value && Object.keys(value).every((key) => ['id', 'name', 'size', 'mimeType', 'extension'].includes(key));

/** An example of what a JSON Schema describes. */
function sampleOf(schema: JsonObject): Json {
  const properties = schema['properties'];
  if (isJsonObject(properties ?? null) && isJsonObject(properties)) return Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, isJsonObject(each) ? sampleOf(each) : null]));
  return { string: '', number: 0, integer: 0, boolean: false, array: [], object: {} }[String(schema['type'])] ?? null;
}

function parse(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text);
    return parsed;
  } catch {
    return undefined; // the problem list says so; the person may still type an input
  }
}

/** The words of a form as JSON of the fields' types; empty ones are null. */
export function formValues(fields: readonly ComponentField[], words: Readonly<Record<string, string>>, files: Readonly<Record<string, { id: string }>>): JsonObject {
  return Object.fromEntries(fields.filter((field) => !(field.type === 'file' && !files[field.name])).map((field) => [field.name, field.type === 'file' ? { id: files[field.name]?.id ?? '' } : valueOf(field, words[field.name] ?? '')]));
}

function valueOf(field: ComponentField, word: string): Json {
  if (field.type === 'boolean') return word === 'true';
  if (word.trim() === '') return null;
  if (field.enum) return field.enum.find((each) => String(each.value) === word)?.value ?? word;
  if (field.type === 'number' || field.type === 'integer') return Number.isFinite(Number(word)) ? Number(word) : word;
  if (field.type === 'catalog') return /^\d+$/.test(word) ? { id: Number(word) } : word;
  if (field.type === 'array') return parse(word) ?? word.split(',').map((each) => each.trim());
  if (field.type === 'datetime') return new Date(word).toISOString();
  if (field.type === 'time') return word.length === 5 ? `${word}:00` : word;
  return word;
}
