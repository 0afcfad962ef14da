import { parse } from 'yaml';
import { fail } from './failure';
import type { Json } from './json';
import { text } from './text';

/** An OpenAPI document as people have it: JSON, else YAML. What it says is another matter (openapi-import.ts). */
export const longestDocument = 2_000_000;
const mostAliases = 100;

export function parseDocumentText(document: string): Json {
  if (document.length > longestDocument) fail('TOO_LARGE', text('The document is longer than 2,000,000 characters. Import the part of it that you need.', 'Le document dépasse 2 000 000 caractères. Importez la partie dont vous avez besoin.'), { path: 'document' });
  const trimmed = document.trimStart();
  if (trimmed === '') fail('PARSE_ERROR', text('The document is empty.', 'Le document est vide.'), { path: 'document' });
  return trimmed.startsWith('{') || trimmed.startsWith('[') ? ofJson(trimmed) : ofYaml(document);
}

function ofJson(document: string): Json {
  try {
    const value: Json = JSON.parse(document);
    return value;
  } catch (error) {
    return broken('JSON', error);
  }
}

function ofYaml(document: string): Json {
  try {
    const value: unknown = parse(document, { maxAliasCount: mostAliases, prettyErrors: true, logLevel: 'error' });
    // Through text once: whatever YAML knows and JSON does not is gone, and an alias that holds itself fails here.
    const plain: Json = JSON.parse(JSON.stringify(value ?? null));
    return plain;
  } catch (error) {
    return broken('YAML', error);
  }
}

function broken(form: string, error: unknown): never {
  const because = error instanceof RangeError ? 'too deep' : error instanceof Error ? error.message.split('\n')[0]?.slice(0, 200) ?? '' : '';
  return fail('PARSE_ERROR', text(`The document is no ${form}: ${because}`, `Le document n’est pas du ${form} : ${because}`), { path: 'document' });
}
