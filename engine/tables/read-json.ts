import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import { decoded, lineAt } from './decoded';
import { jsonFault } from './json-fault';

const deepest = 64;

/** A list gives its elements, anything else is one. Numbers are doubles; of a key that stands twice the last one counts. */
export function readJson(bytes: Buffer): Json[] {
  const content = decoded(bytes);
  if (content.trim() === '') return [];
  const elements = parsed(content);
  for (const [place, element] of elements.entries()) {
    if (isTooDeep(element)) fail('PARSE_ERROR', text(`Element ${place + 1} of the file is nested deeper than ${deepest} levels.`, `L’élément ${place + 1} du fichier est imbriqué sur plus de ${deepest} niveaux.`), { details: { row: place + 1 } });
  }
  return elements;
}

function parsed(content: string): Json[] {
  try {
    const value: Json = JSON.parse(content);
    return Array.isArray(value) ? value : [value];
  } catch {
    const place = jsonFault(content);
    const line = lineAt(content, place);
    const shown = place >= content.trimEnd().length ? text('it ends too early', 'il s’arrête trop tôt') : text(`${JSON.stringify(content.slice(place, place + 20))} is not expected here`, `${JSON.stringify(content.slice(place, place + 20))} n’est pas attendu ici`);
    return fail('PARSE_ERROR', text(`The file is not JSON (line ${line}): ${shown.en}.`, `Le fichier n’est pas du JSON (ligne ${line}) : ${shown.fr}.`), { details: { line } });
  }
}

/** Level by level, without recursion. */
function isTooDeep(element: Json): boolean {
  let level: Json[] = [element];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    const next: Json[] = [];
    for (const each of level) if (typeof each === 'object' && each !== null) for (const inner of Array.isArray(each) ? each : Object.values(each)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    level = next;
  }
  return false;
}
