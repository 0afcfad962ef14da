/** Reproducible randomness for fuzz tests: the same seed makes the same flow, edits and network. */
export type Random = { next(): number; below(limit: number): number; pick<T>(list: readonly T[]): T | undefined; chance(probability: number): boolean };

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (list) => list[below(list.length)], chance: (probability) => next() < probability };
}

/** Runs with `Math.random` and `crypto.getRandomValues` drawn from the seed, so that ids and orders repeat too. */
export function withSeededGlobals<T>(random: Random, run: () => T): T {
  const saved = { random: Math.random, values: crypto.getRandomValues };
  Math.random = random.next;
  crypto.getRandomValues = <T extends ArrayBufferView | null>(array: T): T => {
    if (array instanceof Uint8Array || array instanceof Uint32Array) for (let at = 0; at < array.length; at++) array[at] = random.below(2 ** 32);
    return array;
  };
  try {
    return run();
  } finally {
    Math.random = saved.random;
    crypto.getRandomValues = saved.values;
  }
}
