const colours = 6;

/** The same person has the same colour everywhere, without anybody keeping a list. */
export function personColour(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `var(--person-${(sum % colours) + 1})`;
}
