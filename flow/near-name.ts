/**
 * The one name among `names` that `wanted` plainly means: the same but for case and signs, the same words in another
 * order, begun alike, or a slip of the hand away. Null where none or several fit.
 */
export function nearName(wanted: string, names: readonly string[]): string | null {
  for (const fits of [sameLetters, sameWords, slip, sameBeginning]) {
    const found = names.filter((name) => fits(wanted, name));
    if (found.length === 1) return found[0] ?? null;
    if (found.length > 1) return null;
  }
  return null;
}

const letters = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
const words = (name: string) => name.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).toSorted().join(' ');
const sameLetters = (a: string, b: string) => letters(a) !== '' && letters(a) === letters(b);
const sameWords = (a: string, b: string) => words(a).includes(' ') && words(a) === words(b);
const sameBeginning = (a: string, b: string) => Math.min(a.length, b.length) >= 3 && (letters(a).startsWith(letters(b)) || letters(b).startsWith(letters(a)));
const slip = (a: string, b: string) => Math.max(a.length, b.length) >= 4 && editDistance(letters(a), letters(b)) <= (Math.max(a.length, b.length) >= 8 ? 2 : 1);

/** Levenshtein's distance with swaps of neighbours as one edit, of names up to 64 letters; longer ones are as far apart as they are long. */
function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return a === b ? 0 : Math.max(a.length, b.length);
  let [before, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [left = 0, up = 0, corner = 0] = [next[j - 1], row?.[j], row?.[j - 1]];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before?.[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(left + 1, up + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1), swapped));
    }
    [before, row] = [row ?? [], next];
  }
  return row?.[b.length] ?? 0;
}
