import { z } from 'zod';
import type { SourcePort } from '../flow';
import { isJsonObject, type Json } from '../json';
import type { FieldType } from '../model-schema';
import type { Text } from '../text';
import { cellMappingRow, filter as filterSchema, mappingRow, operand as operandSchema, path as pathSchema, value as valueSchema } from '../value';

/**
 * Parameter constructors: each gives a zod schema (what is stored) and its meaning (what the panel draws, the checks
 * look at and the documentation says). Required, conditional and typed are properties of the meaning, so that an
 * unfinished draft can be stored and judged instead of refused.
 */
export type Choice = { value: string; label: Text };

type Common = {
  label: Text;
  help?: Text;
  required?: boolean;
  default?: Json;
  /** Parameters that lose their value when this one changes: what was chosen there belongs to what was chosen here. */
  clears?: string[];
  /** Shown, and needed, only while another parameter has one of these values. */
  showWhen?: { param: string; in: (string | boolean)[] };
};

export type ParamMeta = Common &
  (
    | { widget: 'text'; maxLength?: number; placeholder?: string }
    | { widget: 'longText' }
    | { widget: 'code'; language: 'json' | 'javascript' }
    | { widget: 'number'; integer: boolean; min?: number; max?: number; unit?: string }
    | { widget: 'flag' }
    | { widget: 'choice'; choices: Choice[] }
    /** A field path in the step's source (`port`), or in the workflow's model when the step has no source. */
    | { widget: 'path'; port?: SourcePort; expects?: FieldType[] }
    | { widget: 'paths'; port?: SourcePort; expects?: FieldType[] }
    /** A new field of the output: `name` or `name@type`. */
    | { widget: 'newField' }
    /** `bare`: the constant is stored as it is, without `{const}` around it. */
    | { widget: 'value'; port?: SourcePort; forms: ('const' | 'field' | 'expr')[]; expects?: FieldType[]; bare?: true }
    /** A bare JSON constant of the type of the field that parameter `typeOf` names. */
    | { widget: 'constant'; typeOf?: string }
    /** A length of time: `P2D` or `2d`, see `durationMs`. */
    | { widget: 'duration' }
    /** Members of the workspace by id. */
    | { widget: 'people' }
    | { widget: 'ref'; of: 'component' }
    | { widget: 'ref'; of: 'flow'; kind: 'dataflow' | 'workflow'; within?: string }
    | { widget: 'ref'; of: 'system' }
    | { widget: 'ref'; of: 'connector'; within: string }
    /** `free`: a path template stands as well as an endpoint's id. */
    | { widget: 'ref'; of: 'endpoint'; within: string; free?: boolean }
    /** A field of the component that parameter `component` names (or of the flow's own component when absent). */
    | { widget: 'componentField'; component?: string; system?: boolean }
    | { widget: 'mapping'; port?: SourcePort; target: MappingTarget; forms: ('const' | 'field' | 'expr' | 'column')[]; addLabel?: Text }
    | { widget: 'filter'; component?: string }
    | { widget: 'list'; addLabel: Text; columns: Record<string, ParamMeta> }
  );

/** What the left side of a mapping row names. */
export type MappingTarget =
  | { kind: 'newField'; dots?: boolean }
  | { kind: 'componentField'; component: string; only?: 'primaryKey' }
  | { kind: 'column' }
  /** A parameter of the endpoint that parameter `endpoint` names, or a free one: `query.q`, `path.id`, `header.X`, `body`, `body.a`. */
  | { kind: 'endpointParameter'; endpoint: string; connector: string };

export type Param<S extends z.ZodType = z.ZodType> = { schema: S; meta: ParamMeta };
type Options = Omit<Common, 'label'>;

const portOf = (port: SourcePort | undefined) => (port ? { port } : {});
const newFieldName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(@[a-z-]+)?$/, 'letters, digits and "_", then an optional @type');

export const field = {
  text: (label: Text, options: Options & { maxLength?: number; placeholder?: string } = {}) =>
    ({ schema: z.string().max(options.maxLength ?? 10_000).optional(), meta: { widget: 'text', label, ...options } }) satisfies Param,
  longText: (label: Text, options: Options = {}) =>
    ({ schema: z.string().max(100_000).optional(), meta: { widget: 'longText', label, ...options } }) satisfies Param,
  code: (label: Text, options: Options & { language: 'json' | 'javascript' }) =>
    ({ schema: z.string().max(200_000).optional(), meta: { widget: 'code', label, ...options } }) satisfies Param,
  number: (label: Text, options: Options & { integer?: boolean; min?: number; max?: number; unit?: string } = {}) => {
    let schema = options.integer ? z.int() : z.number();
    if (options.min !== undefined) schema = schema.min(options.min);
    if (options.max !== undefined) schema = schema.max(options.max);
    return { schema: schema.optional(), meta: { widget: 'number', label, ...options, integer: options.integer ?? false } } satisfies Param;
  },
  flag: (label: Text, options: Options = {}) =>
    ({ schema: z.boolean().optional(), meta: { widget: 'flag', label, default: false, ...options } }) satisfies Param,
  choice: <const V extends string>(label: Text, choices: { value: V; label: Text }[], options: Options = {}) =>
    ({ schema: z.enum(choices.map((choice) => choice.value)).optional(), meta: { widget: 'choice', label, choices, ...options } }) satisfies Param,
  path: (label: Text, options: Options & { port?: SourcePort; expects?: FieldType[] } = {}) =>
    ({ schema: pathSchema.optional(), meta: { widget: 'path', label, ...options, ...portOf(options.port) } }) satisfies Param,
  paths: (label: Text, options: Options & { port?: SourcePort; expects?: FieldType[] } = {}) =>
    ({ schema: z.array(pathSchema).max(200).optional(), meta: { widget: 'paths', label, ...options } }) satisfies Param,
  newField: (label: Text, options: Options = {}) =>
    ({ schema: newFieldName.optional(), meta: { widget: 'newField', label, ...options } }) satisfies Param,
  value: (label: Text, options: Options & { port?: SourcePort; forms?: ('const' | 'field' | 'expr')[]; expects?: FieldType[] } = {}) =>
    ({ schema: valueSchema.optional(), meta: { widget: 'value', label, ...options, forms: options.forms ?? ['const', 'field', 'expr'] } }) satisfies Param,
  /** True or false, written bare, or a value that tells for each item. */
  flagOrValue: (label: Text, options: Options = {}) =>
    ({ schema: z.union([z.boolean(), valueSchema]).optional(), meta: { widget: 'value', label, default: false, ...options, forms: ['const', 'field', 'expr'], expects: ['boolean'], bare: true } }) satisfies Param,
  operand: (label: Text, options: Options & { port?: SourcePort; expects?: FieldType[] } = {}) =>
    ({ schema: operandSchema.optional(), meta: { widget: 'value', label, ...options, forms: ['const', 'field'] } }) satisfies Param,
  constant: (label: Text, options: Options & { typeOf?: string } = {}) =>
    ({ schema: z.json().optional(), meta: { widget: 'constant', label, ...options } }) satisfies Param,
  duration: (label: Text, options: Options = {}) =>
    ({ schema: z.string().max(40).optional(), meta: { widget: 'duration', label, ...options } }) satisfies Param,
  people: (label: Text, options: Options = {}) =>
    ({ schema: z.array(z.string().max(64)).max(200).optional(), meta: { widget: 'people', label, ...options } }) satisfies Param,
  component: (label: Text, options: Options = {}) =>
    ({ schema: z.string().max(64).optional(), meta: { widget: 'ref', of: 'component', label, ...options } }) satisfies Param,
  flow: (label: Text, options: Options & { kind: 'dataflow' | 'workflow'; within?: string }) =>
    ({ schema: z.string().max(64).optional(), meta: { widget: 'ref', of: 'flow', label, ...options } }) satisfies Param,
  system: (label: Text, options: Options = {}) =>
    ({ schema: z.string().max(64).optional(), meta: { widget: 'ref', of: 'system', label, ...options } }) satisfies Param,
  connector: (label: Text, options: Options & { within: string }) =>
    ({ schema: z.string().max(64).optional(), meta: { widget: 'ref', of: 'connector', label, ...options } }) satisfies Param,
  endpoint: (label: Text, options: Options & { within: string; free?: boolean }) =>
    ({ schema: z.string().max(1_000).optional(), meta: { widget: 'ref', of: 'endpoint', label, ...options } }) satisfies Param,
  componentField: (label: Text, options: Options & { component?: string; system?: boolean } = {}) =>
    ({ schema: z.string().max(64).optional(), meta: { widget: 'componentField', label, ...options } }) satisfies Param,
  mapping: (label: Text, options: Options & { port?: SourcePort; target: MappingTarget; forms?: ('const' | 'field' | 'expr')[]; addLabel?: Text }) =>
    ({ schema: z.array(mappingRow).max(500).optional(), meta: { widget: 'mapping', label, ...options, forms: options.forms ?? ['field', 'const', 'expr'] } }) satisfies Param,
  columnMapping: (label: Text, options: Options & { target: MappingTarget; addLabel?: Text }) =>
    ({ schema: z.array(cellMappingRow).max(500).optional(), meta: { widget: 'mapping', label, ...options, forms: ['column', 'field'] } }) satisfies Param,
  filter: (label: Text, options: Options & { component?: string } = {}) =>
    ({ schema: filterSchema.optional(), meta: { widget: 'filter', label, ...options } }) satisfies Param,
  list: <S extends z.ZodRawShape>(label: Text, columns: { [K in keyof S]: Param<S[K] & z.ZodType> }, options: Options & { addLabel: Text }) => {
    const parts = split(columns);
    return { schema: z.array(parts.schema).max(200).optional(), meta: { widget: 'list', label, ...options, columns: parts.meta } } satisfies Param;
  },
};

export type Params = Record<string, Param>;
export type ParamShape<P extends Params> = { [K in keyof P]: P[K]['schema'] };

/** Splits parameter constructors into one strict zod object and the meanings by key. */
export function split<P extends Params>(params: P): { schema: z.ZodObject<ParamShape<P>, z.core.$strict>; meta: Record<string, ParamMeta> } {
  const entries = Object.entries(params);
  // The one cast of the language: Object.fromEntries forgets which key has which schema.
  const shape = Object.fromEntries(entries.map(([key, param]) => [key, param.schema])) as ParamShape<P>;
  return { schema: z.strictObject(shape), meta: Object.fromEntries(entries.map(([key, param]) => [key, param.meta])) };
}

/** True when the parameter is shown, and therefore judged, given the others' stored values. */
export function isShown(meta: ParamMeta, params: { [key: string]: Json }, all: Record<string, ParamMeta>): boolean {
  if (!meta.showWhen) return true;
  const { param, in: wanted } = meta.showWhen;
  const stored = params[param] ?? all[param]?.default;
  return wanted.some((each) => each === stored);
}

/** True for `null`, absent, empty text, empty list and `{const: null | ''}`. */
export function isEmptyParam(stored: Json | undefined): boolean {
  if (stored === undefined || stored === null || stored === '') return true;
  if (Array.isArray(stored)) return stored.length === 0;
  if (isJsonObject(stored) && 'const' in stored) return stored['const'] === null || stored['const'] === '';
  return false;
}
