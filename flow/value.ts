import { z } from 'zod';
import type { Json } from './json';

/** A parameter value (steps.md §1.8): a constant, a field path of the source, or a CEL expression. */
const json: z.ZodType<Json> = z.json();
export const path = z.string().min(1).max(500);
export const constant = z.strictObject({ const: json });
export const fieldValue = z.strictObject({ field: path });
export const expression = z.strictObject({ expr: z.string().min(1).max(10_000) });
export const value = z.union([constant, fieldValue, expression]);
export type Value = z.infer<typeof value>;

/** `filterValue` and other operands that may not be computed. */
export const operand = z.union([constant, fieldValue]);
export type Operand = z.infer<typeof operand>;

/** import-file rows may also name a column by header, letter or 1-based index. */
export const column = z.strictObject({ column: z.union([z.string().min(1).max(500), z.int().min(1)]) });
export const cellValue = z.union([constant, fieldValue, expression, column]);
export type CellValue = z.infer<typeof cellValue>;

export const mappingRow = z.strictObject({ target: z.string().min(1).max(500), value });
export type MappingRow = z.infer<typeof mappingRow>;
export const cellMappingRow = z.strictObject({ target: z.string().min(1).max(500), value: cellValue });
export type CellMappingRow = z.infer<typeof cellMappingRow>;

export const operators = [
  'equal', 'notEqual', 'greater', 'less', 'greaterOrEqual', 'lessOrEqual', 'contains', 'startsWith', 'in',
] as const;
export const operator = z.enum(operators);
export type Operator = (typeof operators)[number];

export const condition = z.strictObject({
  field: path,
  operator,
  value: operand.optional(),
  compareWithNull: z.boolean().optional(),
});
export type Condition = z.infer<typeof condition>;
export const filter = z.strictObject({ all: z.array(condition).max(100).optional(), any: z.array(condition).max(100).optional() });
export type Filter = z.infer<typeof filter>;
