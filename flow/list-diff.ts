import { sameJson } from './canonical-params';
import type { Json } from './json';

/**
 * How one list became another: which old element each new one is. Equal elements keep their identity wherever they
 * went; of what remains, elements between the same neighbours are taken as edited in place.
 */
export function matchLists(before: readonly Json[], after: readonly Json[]): (number | null)[] {
  const matches: (number | null)[] = after.map(() => null);
  const taken = new Set<number>();
  const take = (oldPlace: number, newPlace: number) => {
    matches[newPlace] = oldPlace;
    taken.add(oldPlace);
  };
  let start = 0;
  while (start < before.length && start < after.length && sameJson(before[start] ?? null, after[start] ?? null)) {
    take(start, start);
    start++;
  }
  let end = 0;
  while (end < before.length - start && end < after.length - start && sameJson(before[before.length - 1 - end] ?? null, after[after.length - 1 - end] ?? null)) {
    end++;
    take(before.length - end, after.length - end);
  }
  const places = new Map<string, number[]>();
  for (let place = start; place < before.length - end; place++) {
    const key = JSON.stringify(before[place]);
    const list = places.get(key);
    if (list) list.push(place);
    else places.set(key, [place]);
  }
  for (let place = start; place < after.length - end; place++) {
    const same = places.get(JSON.stringify(after[place]))?.shift();
    if (same !== undefined) take(same, place);
  }
  matchGaps(before, after, start, end, matches, taken);
  return matches;
}

/** Runs of unmatched elements on both sides pair up in order: an edit, not a removal and an insertion. */
function matchGaps(before: readonly Json[], after: readonly Json[], start: number, end: number, matches: (number | null)[], taken: Set<number>): void {
  let old = start;
  for (let place = start; place < after.length - end; place++) {
    const matched = matches[place];
    if (typeof matched === 'number') {
      old = matched + 1;
      continue;
    }
    if (old < before.length - end && !taken.has(old)) {
      matches[place] = old;
      taken.add(old);
      old++;
    }
  }
}

/** The places of the longest rising run: what did not move when the rest is taken as moved. */
export function unmoved(places: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  places.forEach((value, at) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = at;
  });
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) kept.add(at);
  return kept;
}
