import type postgres from 'postgres';
import { parse } from 'postgres-array';

/**
 * The array types that our statements use. The driver would ask each connection for all of them: 4.5 ms of an engine's
 * first second on each of a dozen connections. The numbers are fixed by PostgreSQL (its `pg_type.dat`) and the same in
 * every version. Elements come as the driver gives them alone: `int8` as text, times as `Date`.
 */
const asText = (text: string) => text;
const elements = {
  bool: { array: 1000, read: (text: string) => text === 't', write: (value: unknown) => (value === true ? 't' : 'f') },
  int2: { array: 1005, read: Number, write: String },
  int4: { array: 1007, read: Number, write: String },
  int8: { array: 1016, read: asText, write: String },
  float8: { array: 1022, read: Number, write: String },
  numeric: { array: 1231, read: asText, write: String },
  text: { array: 1009, read: asText, write: String },
  varchar: { array: 1015, read: asText, write: String },
  name: { array: 1003, read: asText, write: String },
  uuid: { array: 2951, read: asText, write: String },
  json: { array: 199, read: (text: string): unknown => JSON.parse(text), write: (value: unknown) => JSON.stringify(value) },
  jsonb: { array: 3807, read: (text: string): unknown => JSON.parse(text), write: (value: unknown) => JSON.stringify(value) },
  timestamptz: { array: 1185, read: (text: string) => new Date(text), write: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)) },
  bytea: { array: 1001, read: (text: string) => Buffer.from(text.slice(2), 'hex'), write: (value: unknown) => (value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value)) },
};

/** `"` and `\` are the only characters that mean something between quotes. */
function written(value: unknown, write: (element: unknown) => string): string {
  if (Array.isArray(value)) return `{${value.map((each) => written(each, write)).join(',')}}`;
  if (value === undefined) throw new TypeError('an array for PostgreSQL holds undefined. Give null or leave it out.');
  return value === null ? 'null' : `"${write(value).replace(/["\\]/g, '\\$&')}"`;
}

export const arrayTypes: Record<string, postgres.PostgresType> = Object.fromEntries(Object.entries(elements).map(([name, { array, read, write }]) => [`${name}[]`, {
  to: array,
  from: [array],
  // What is text already is a literal somebody else has written.
  serialize: (value: unknown) => (typeof value === 'string' ? value : written(value, write)),
  parse: (text: string) => parse(text, read),
}]));
