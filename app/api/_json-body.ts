import { failure, FailureError, type Failure } from '#flow/failure';
import type { Text } from '#flow/text';

const deepest = 100;
/** NUL, which PostgreSQL cannot store, and halves of a surrogate pair, which are no text. */
export const unstorable = /[\0\p{Cs}]/u; // with the u flag, \p{Cs} meets only halves that stand alone

/** Parses a body and refuses at the door what valid JSON may hold but neither the database nor a stack survives. */
export function parseJson(bytes: Uint8Array): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not UTF-8';
    throw new FailureError(invalid({ en: `The body is not JSON: ${reason}.`, fr: `Le corps n’est pas du JSON : ${reason}.` }), { cause: error });
  }
  const fault = faultIn(parsed);
  if (fault) throw new FailureError(invalid({ en: `The body cannot be used: ${fault.en}.`, fr: `Le corps n’est pas utilisable : ${fault.fr}.` }));
  return parsed;
}

function invalid(text: Text): Failure {
  return failure('INVALID_JSON', text);
}

/** Walks with a list of its own, since the depth is what is in question. */
function faultIn(root: unknown): Text | null {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && unstorable.test(value)) return characters;
    if (typeof value === 'number' && !Number.isFinite(value)) return { en: 'it holds a number out of range', fr: 'il contient un nombre hors limites' };
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= deepest) return { en: `it is nested deeper than ${deepest} levels`, fr: `il est imbriqué sur plus de ${deepest} niveaux` };
    for (const [key, child] of Object.entries(value)) {
      if (unstorable.test(key)) return characters;
      if (key === '__proto__') return { en: 'the key "__proto__" is not allowed', fr: 'la clé « __proto__ » n’est pas admise' };
      open.push({ value: child, depth: depth + 1 });
    }
  }
  return null;
}

const characters: Text = { en: 'it holds the character U+0000 or half of a surrogate pair', fr: 'il contient le caractère U+0000 ou une moitié de paire de substitution' };
