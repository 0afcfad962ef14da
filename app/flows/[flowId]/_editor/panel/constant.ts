import type { Json } from '#flow/json';
import type { FieldType } from '#flow/model-schema';

/**
 * Constants as people type them. Where the type is known it decides; otherwise what reads as JSON (a number, true, null,
 * a list) is that and everything else is text, so text that looks like a number is shown and typed in quotes.
 */
export function parseConstant(text: string, type: FieldType | undefined): Json {
  if (type === 'string' || type === 'date' || type === 'date-time' || type === 'time' || type === 'uri' || type === 'uuid') return text;
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const read = readJson(trimmed);
  return read === undefined ? text : read;
}

export function showConstant(value: Json | undefined, type: FieldType | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return type === 'string' || parseConstant(value, type) === value ? value : JSON.stringify(value);
}

export function typeOfConstant(value: Json | undefined): 'number' | 'boolean' | 'string' | 'null' | 'array' | 'object' | null {
  if (value === undefined || value === '') return null;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'number' || type === 'boolean' || type === 'string' ? type : 'object';
}

function readJson(text: string): Json | undefined {
  if (!/^(?:-?\d|true$|false$|null$|["[{])/.test(text)) return undefined;
  try {
    const parsed: Json = JSON.parse(text);
    return parsed;
  } catch {
    return undefined; // half-typed JSON is text until it is complete
  }
}
