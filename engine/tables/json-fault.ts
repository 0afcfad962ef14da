/**
 * Where a text stops being JSON: the engine's own parser does not say. Called only for what it has refused; keeps a
 * stack of its own, so that depth costs no recursion.
 */
export function jsonFault(content: string): number {
  const open: ('{' | '[')[] = [];
  let expects: 'value' | 'key' | 'colon' | 'comma' = 'value';
  let mayClose = false;
  let at = 0;
  for (;;) {
    blank.lastIndex = at;
    at += blank.exec(content)?.[0].length ?? 0;
    const next = content[at];
    if (next === undefined) return at;
    const inside = open.at(-1);
    if ((mayClose || expects === 'comma') && next === (inside === '{' ? '}' : inside === '[' ? ']' : '')) {
      open.pop();
      [expects, mayClose, at] = ['comma', false, at + 1];
    } else if (expects === 'comma') {
      if (next !== ',' || inside === undefined) return at;
      [expects, mayClose, at] = [inside === '{' ? 'key' : 'value', false, at + 1];
    } else if (expects === 'colon') {
      if (next !== ':') return at;
      [expects, at] = ['value', at + 1];
    } else if (expects === 'value' && (next === '{' || next === '[')) {
      open.push(next);
      [expects, mayClose, at] = [next === '{' ? 'key' : 'value', true, at + 1];
    } else {
      const end: number | null = next === '"' ? afterString(content, at) : expects === 'value' ? afterScalar(content, at) : null;
      if (end === null) return at;
      if (end < 0) return -end;
      [expects, mayClose, at] = [expects === 'key' ? 'colon' : 'comma', false, end];
    }
  }
}

const blank = /[ \t\r\n]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function afterScalar(content: string, at: number): number | null {
  scalar.lastIndex = at;
  const found = scalar.exec(content);
  return found ? at + found[0].length : null;
}

/** Behind the closing quote, or minus the place of what may not stand in a string. */
function afterString(content: string, start: number): number {
  for (let at = start + 1; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code < 32) return -at;
    if (code !== 92) continue;
    const escape = content[at + 1] ?? '';
    if (escape === 'u' ? !/^[0-9a-fA-F]{4}$/.test(content.slice(at + 2, at + 6)) : !'"\\/bfnrt'.includes(escape) || escape === '') return -at;
    at += escape === 'u' ? 5 : 1;
  }
  return -content.length;
}
