/** The arguments and tags of an ICU message, those inside its plural and select cases too: `{count}`, `<link>`. */
export function placeholdersOf(message: string): Set<string> {
  const found = new Set([...message.matchAll(/<(\w+)>/g)].map((match) => `<${match[1]}>`));
  for (let at = 0; at < message.length; at++) {
    if (message[at] !== '{') continue;
    const end = closing(message, at);
    const [name = '', type, ...cases] = message.slice(at + 1, end).split(',');
    found.add(`{${name.trim()}}`);
    if (type !== undefined && cases.length > 0) {
      const body = cases.join(',');
      for (let open = body.indexOf('{'); open >= 0; open = body.indexOf('{', closing(body, open))) {
        for (const inner of placeholdersOf(body.slice(open + 1, closing(body, open)))) found.add(inner);
      }
    }
    at = end;
  }
  return found;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`a brace is never closed in "${text}"`);
}
