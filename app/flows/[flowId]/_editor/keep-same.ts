/**
 * The newer value built from the older one's parts wherever they are equal, so that whoever compares by identity (memo,
 * effects) sees exactly what changed. Lists of things with ids are matched by id, others by place.
 */
export function keepSame<T>(before: unknown, after: T): T;
export function keepSame(before: unknown, after: unknown): unknown {
  if (Object.is(before, after) || typeof after !== 'object' || after === null || typeof before !== 'object' || before === null) return after;
  if (Array.isArray(after)) return Array.isArray(before) ? keepList(before, after) : after;
  if (Array.isArray(before)) return after;
  const old = new Map(Object.entries(before));
  const entries = Object.entries(after).map(([key, value]): [string, unknown] => [key, keepSame(old.get(key), value)]);
  const same = entries.length === old.size && entries.every(([key, value]) => old.has(key) && Object.is(old.get(key), value));
  return same ? before : Object.fromEntries(entries);
}

function keepList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const byId = new Map(before.flatMap((each): [string, unknown][] => { const id = idOf(each); return id === null ? [] : [[id, each]]; }));
  const list = after.map((each, place) => { const id = idOf(each); return keepSame(id === null ? before[place] : byId.get(id), each); });
  return list.length === before.length && list.every((each, place) => Object.is(each, before[place])) ? before : list;
}

function idOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : null;
}
