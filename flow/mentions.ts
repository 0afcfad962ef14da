/** Who is meant by `@name` in a text: names of people, the longest that fits at a place, never inside of a word. */
export type Mention = { id: string; name: string };
export type MentionPart = { text: string; person: Mention | null };

/** The text cut at its mentions. Two people of one name are both meant; the part names the first. */
export function mentionParts(text: string, people: readonly Mention[]): MentionPart[] {
  const byLength = people.filter((each) => each.name.trim() !== '').toSorted((a, b) => b.name.length - a.name.length);
  const parts: MentionPart[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && isWord(text[at - 1])) continue;
    const person = byLength.find((each) => startsWith(text, each.name, at + 1));
    if (!person) continue;
    if (at > from) parts.push({ text: text.slice(from, at), person: null });
    from = at + 1 + person.name.length;
    parts.push({ text: text.slice(at, from), person });
    at = from - 1;
  }
  if (from < text.length) parts.push({ text: text.slice(from), person: null });
  return parts;
}

export function mentionsIn(text: string, people: readonly Mention[]): Mention[] {
  const named = new Set(mentionParts(text, people).flatMap((part) => (part.person ? [fold(part.person.name)] : [])));
  return people.filter((each) => named.has(fold(each.name)));
}

const fold = (text: string) => text.normalize('NFC').toLowerCase();
const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);

function startsWith(text: string, name: string, at: number): boolean {
  return fold(text.slice(at, at + name.length)) === fold(name) && !isWord(text[at + name.length]);
}
