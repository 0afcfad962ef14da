import type { Json } from './json';

/** Declared types (steps.md §1.3); `unknown` is what nothing is known of, so any path into it is at most a warning. */
export type FieldType =
  | 'string' | 'number' | 'integer' | 'boolean' | 'date' | 'date-time' | 'time' | 'uri' | 'uuid'
  | 'catalog' | 'file' | 'array' | 'object' | 'unknown';

export type ModelField = {
  type: FieldType;
  title?: string;
  /** The id of the step that made the field. */
  origin?: string;
  enum?: { value: Json; label: string }[];
  /** The component a catalog field refers to. */
  componentId?: string;
  secret?: boolean;
  /** Keys of an object; `open` objects may hold more. */
  fields?: Record<string, ModelField>;
  open?: boolean;
  /** Element of an array. */
  items?: ModelField;
};

/** The static shape of a step's items: what pickers offer and paths are checked against. */
export type ModelSchema = {
  cardinality: 'one' | 'many';
  /** True when items may hold keys that are not listed: unknown paths then only warn. */
  open: boolean;
  fields: Record<string, ModelField>;
};

export const emptySchema: ModelSchema = { cardinality: 'one', open: false, fields: {} };
export const unknownSchema: ModelSchema = { cardinality: 'many', open: true, fields: {} };
