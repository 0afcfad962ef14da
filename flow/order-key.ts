import { base62CharSet, generateNJitteredKeysBetween, indexCharacterSet } from 'fractional-indexing-jittered';

/**
 * Keys that sort: a place between two others without touching them. 30 bits of jitter keep two people who insert at
 * the same spot from making the same key. Keys come from a shared document, so any text may be met.
 */
const characters = indexCharacterSet({ chars: base62CharSet().chars, firstPositive: 'a', mostPositive: 'z', mostNegative: 'A', jitterRange: 2 ** 30 });
/** Longer keys slow the arithmetic down and end in numbers too large for it; the list is numbered anew instead. */
const lengthLimit = 64;

export function compareOrder(left: { order: string; id: string }, right: { order: string; id: string }): number {
  if (left.order !== right.order) return left.order < right.order ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

export function firstOrders(count: number): string[] {
  return generateNJitteredKeysBetween(null, null, count, characters);
}

/**
 * Orders that put `ids` at `index` among `siblings` (sorted, without `ids`). Siblings are in the answer only when no
 * room is left between the neighbours, as after equal or broken keys.
 */
export function ordersAt(siblings: readonly { id: string; order: string }[], index: number, ids: readonly string[]): Map<string, string> {
  const at = Math.max(0, Math.min(index, siblings.length));
  const [before, after] = [siblings[at - 1]?.order ?? null, siblings[at]?.order ?? null];
  const between = keysBetween(before, after, ids.length);
  if (between) return new Map(ids.map((id, place) => [id, between[place] ?? '']));
  const all = [...siblings.slice(0, at).map((each) => each.id), ...ids, ...siblings.slice(at).map((each) => each.id)];
  const orders = firstOrders(all.length);
  return new Map(all.map((id, place) => [id, orders[place] ?? '']));
}

function keysBetween(before: string | null, after: string | null, count: number): string[] | null {
  if (!isUsable(before) || !isUsable(after) || (before !== null && after !== null && before >= after)) return null;
  try {
    const keys = generateNJitteredKeysBetween(before, after, count, characters);
    const chain = [before, ...keys, after];
    const rises = chain.every((key, place) => place === 0 || key === null || (chain[place - 1] ?? '') < key);
    return rises && keys.every((key) => key.length <= lengthLimit) ? keys : null;
  } catch {
    // Not a key of this alphabet: somebody else's program wrote it.
    return null;
  }
}

function isUsable(key: string | null): boolean {
  return key === null || (key.length <= lengthLimit && /^[0-9A-Za-z]+$/.test(key));
}
