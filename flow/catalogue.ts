import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from './json';
import type { ErrorCode } from './error-code';
import type { FlowKind } from './flow';
import { groups, type ExecutionClass, type Group, type StepType } from './steps/define-step';
import type { ParamMeta } from './steps/field';
import { stepTypes } from './steps/index';
import { text, type Text } from './text';

/** The step catalogue as data: the palette, `GET /steps` and the documentation read the same entries. */
export type CatalogueEntry = {
  key: string;
  kind: FlowKind;
  id: string;
  group: Group;
  class: ExecutionClass;
  version: number;
  title: Text;
  summary: Text;
  help: Text;
  icon: string;
  /** Which sources a dataflow step reads; null for workflow steps, which have none. */
  sources: 'none' | 'one' | 'optional' | 'two' | null;
  cardinality: string | null;
  /** Takes what the caller gave: at most one such step starts a dataflow. */
  callerModel: boolean;
  /** JSON Schema of the stored parameters. */
  params: Json;
  /** Label, help, widget and default of each parameter, in the order the form shows them. */
  meta: Record<string, ParamMeta>;
  examples: StepType['examples'];
  /** The codes it raises beside those every step can raise. */
  errors: readonly ErrorCode[];
};

export const groupOrder: readonly Group[] = groups;

const groupTitles: Record<Group, Text> = {
  input: text('Input', 'Entrée'), transform: text('Transform', 'Transformation'), users: text('Users & contexts', 'Utilisateurs et contextes'), output: text('Output', 'Sortie'),
  notifications: text('Notifications', 'Notifications'), integrations: text('Integrations', 'Intégrations'), common: text('Common', 'Commun'), conditions: text('Conditions', 'Conditions'),
};

export function groupTitle(group: Group): Text {
  return groupTitles[group];
}

export const catalogue: CatalogueEntry[] = stepTypes.map(entryOf);

function entryOf(type: StepType): CatalogueEntry {
  const { key, kind, id, group, version, title, summary, help, icon, examples } = type;
  const dataflow = type.kind === 'dataflow' ? type : null;
  return {
    key, kind, id, group, class: type.class, version, title, summary, help, icon, examples,
    sources: dataflow?.sources ?? null, cardinality: dataflow?.cardinality ?? null, callerModel: dataflow?.callerModel ?? false,
    params: schemaOfParams(type), meta: type.params, errors: type.errors,
  };
}

function schemaOfParams(type: StepType): Json {
  // What zod writes is JSON by construction; going through text also drops its non-enumerable marks.
  const schema: Json = JSON.parse(JSON.stringify(z.toJSONSchema(type.paramsSchema)));
  if (!isJsonObject(schema)) return schema;
  const properties = isJsonObject(schema['properties'] ?? null) ? schema['properties'] : {};
  const described = Object.entries(isJsonObject(properties ?? null) && isJsonObject(properties) ? properties : {}).map(([key, value]): [string, Json] => {
    const meta = Object.hasOwn(type.params, key) ? type.params[key] : undefined;
    return [key, meta && isJsonObject(value) ? { ...value, ...describedBy(meta) } : value];
  });
  const required = Object.entries(type.params).filter(([, meta]) => meta.required && meta.default === undefined && !meta.showWhen).map(([key]) => key);
  return { ...schema, properties: Object.fromEntries(described), ...(required.length > 0 ? { required } : {}) };
}

function describedBy(meta: ParamMeta): JsonObject {
  return { title: meta.label.en, ...(meta.help ? { description: meta.help.en } : {}), ...(meta.default === undefined ? {} : { default: meta.default }) };
}
