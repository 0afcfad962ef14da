import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import { decoded, lineAt } from './decoded';
import { jsonFault } from './json-fault';

/** The list and an element of as many levels as any input may have. */
const deepest = 65;

/** A list gives its elements, anything else is one. Numbers are doubles; of a key that stands twice the last one counts. */
export function readJson(bytes: Buffer): Json[] {
  const content = decoded(bytes);
  if (content.trim() === '') return [];
  const deep = tooDeepAt(content);
  if (deep !== null) {
    const line = lineAt(content, deep);
    fail('PARSE_ERROR', text(`The file is nested deeper than ${deepest} levels (line ${line}). Flatten it first.`, `Le fichier est imbriqué sur plus de ${deepest} niveaux (ligne ${line}). Aplatissez-le d’abord.`), { details: { line } });
  }
  return parsed(content);
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

/** Where the text goes too deep, before anything is made of it: millions of levels take the parser seconds. */
function tooDeepAt(content: string): number | null {
  let [depth, isText] = [0, false];
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (isText) {
      if (code === 92) at++;
      else if (code === 34) isText = false;
    } else if (code === 34) isText = true;
    else if (code === 91 || code === 123) depth++;
    else if (code === 93 || code === 125) depth--;
    if (depth > deepest) return at;
  }
  return null;
}
