import { isJsonObject, type Json } from './json';

/** `{{path}}` in texts people write: values as they would be read aloud, null as nothing. */
const placeholder = /\{\{\s*([^{}]{1,300}?)\s*\}\}/g;

export function fillPlaceholders(text: string, read: (path: string) => Json): string {
  return text.replaceAll(placeholder, (_whole, path: string) => spoken(read(path)));
}

export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ''))];
}

function spoken(value: Json): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(spoken).join(', ');
  if (!isJsonObject(value)) return String(value);
  const name = value['name'] ?? value['id'] ?? null;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : JSON.stringify(value);
}
