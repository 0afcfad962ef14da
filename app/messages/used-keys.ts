/** A key a source file asks for; a part that is known only at run time is `*`. */
export type UsedKey = { namespaces: string[]; key: string };

/**
 * Reads a source file for `useTranslations('ns')` and the calls of what it gives. A key counts for every namespace the
 * file names: enough to find a missing message, without a parser.
 */
export function usedKeys(source: string): UsedKey[] {
  const namespaces = [...source.matchAll(/(?:use|get)Translations\(\s*(?:'([^']*)')?\s*\)/g)].map((match) => match[1] ?? '');
  const named = [...source.matchAll(/const (\w+) = (?:await )?(?:use|get)Translations\(/g)].map((match) => match[1] ?? 't');
  const callers = [...new Set(['t', ...named])].join('|');
  const calls = new RegExp(String.raw`(?<![\w.$'])(?:(?:${callers})(?:\.rich|\.markup|\.raw)?|\(await getTranslations\('[^']*'\)\))\(`, 'g');
  return [...source.matchAll(calls)].flatMap((call) => literals(firstArgument(source, call.index + call[0].length)).map((key) => ({ namespaces, key })));
}

function firstArgument(source: string, from: number): string {
  let depth = 0;
  let quote = '';
  for (let at = from; at < source.length; at++) {
    const letter = source[at] ?? '';
    if (quote) {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '\'' || letter === '`') quote = letter;
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter) && depth-- === 0) return source.slice(from, at);
    else if (letter === ',' && depth === 0) return source.slice(from, at);
  }
  return '';
}

/** `'a'`, `` `a.${b}` `` and both sides of `test ? 'a' : 'b'`; anything else is decided at run time. */
function literals(argument: string): string[] {
  const whole = /^\s*(['`])((?:(?!\1).)*)\1\s*$/s.exec(argument)?.[2];
  const sides = whole === undefined ? [...argument.matchAll(/[?:]\s*(['`])((?:(?!\1).)*)\1/gs)].map((match) => match[2] ?? '') : [whole];
  return sides.map((key) => key.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '*')).filter((key) => key !== '' && key !== '*');
}
