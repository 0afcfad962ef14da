import { z } from 'zod';
import { id } from './id';
import type { Json } from './json';

/** The data model of a component (concepts.md §2): eleven field types with their settings. */
export const fieldTypes = [
  'string', 'number', 'integer', 'boolean', 'datetime', 'date', 'time', 'uri', 'catalog', 'array', 'file',
] as const;

export const systemFields = ['id', 'name', 'createdDate', 'updateDate', 'creatorSubject', 'changeAuthor'] as const;

/** The built-in component over the workspace's people, which catalog fields may refer to; its entries have text ids. */
export const userInfoComponent = 'user-info';

export const fieldName = z.string().max(64).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and "_", not starting with a digit');

const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);

const arrayElement = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['string', 'number', 'integer', 'boolean', 'datetime', 'date', 'time', 'uri', 'object']) }),
  z.strictObject({ type: z.literal('catalog'), componentId: id }),
]);

export const componentField = z.strictObject({
  name: fieldName,
  title: z.string().trim().min(1).max(200),
  type: z.enum(fieldTypes),
  required: z.boolean().optional(),
  primaryKey: z.boolean().optional(),
  query: z.boolean().optional(),
  virtual: z.boolean().optional(),
  /** Numbers for number and integer, ISO text for datetime, date and time. */
  min: z.union([z.number(), z.string().max(40)]).optional(),
  max: z.union([z.number(), z.string().max(40)]).optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(0).optional(),
  enum: z.array(z.strictObject({ value: scalar, label: z.string().max(200) })).max(1_000).optional(),
  componentId: id.optional(),
  items: arrayElement.optional(),
  accept: z.array(z.string().max(100)).max(50).optional(),
  maxSizeBytes: z.int().min(1).optional(),
});
export type ComponentField = z.infer<typeof componentField>;

export const componentSettings = z.strictObject({
  description: z.string().max(2_000).optional(),
  icon: z.string().max(40).optional(),
  proxyMode: z.boolean().optional(),
  restrictAccess: z.boolean().optional(),
  accessMode: z.enum(['private', 'public']).optional(),
  /** The dataflow that cron, messages and proxy requests run. */
  inputFlowId: id.nullable().optional(),
});
export type ComponentSettings = z.infer<typeof componentSettings>;

export type ComponentModel = { id: string; title: string; fields: ComponentField[]; settings: ComponentSettings };

/** An entry as flows, forms and programs see it. `id` 0 means not saved yet. */
export type Reference = { id: number | string; name: string | null };
export type EntryModel = {
  id: number;
  name: string | null;
  createdDate: string | null;
  updateDate: string | null;
  creatorSubject: Reference | null;
  changeAuthor: Reference | null;
  data: { [field: string]: Json };
};
