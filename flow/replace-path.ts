import { isJsonObject, type Json } from './json';
import { parsePath } from './path';
import type { Instead } from './problems';

/**
 * A parameter of a step with the path at a problem's place put right: the parameter's key and its new value; null when
 * something else stands there by now. A path may be the value itself, `{field}`, or begin with a join's side.
 */
export function replacePath(params: Readonly<Record<string, Json>>, place: string, instead: Instead): { key: string; value: Json } | null {
  const parsed = parsePath(place);
  const [key, ...rest] = parsed.ok ? parsed.segments : [];
  if (typeof key !== 'string' || !Object.hasOwn(params, key)) return null;
  const value = replaced(params[key] ?? null, rest, instead);
  return value === undefined ? null : { key, value };
}

function replaced(value: Json, [next, ...rest]: readonly (string | number)[], instead: Instead): Json | undefined {
  if (next === undefined) return leaf(value, instead);
  if (Array.isArray(value) && typeof next === 'number') {
    const inside = next < value.length ? replaced(value[next] ?? null, rest, instead) : undefined;
    return inside === undefined ? undefined : value.with(next, inside);
  }
  if (!isJsonObject(value) || typeof next === 'number' || !Object.hasOwn(value, next)) return undefined;
  const inside = replaced(value[next] ?? null, rest, instead);
  return inside === undefined ? undefined : { ...value, [next]: inside };
}

function leaf(value: Json, { was, use }: Instead): Json | undefined {
  if (isJsonObject(value)) {
    const field = leaf(value['field'] ?? null, { was, use });
    return field === undefined ? undefined : { ...value, field };
  }
  if (value === was) return use;
  const side = ['left.', 'right.'].find((each) => value === each + was);
  return side === undefined ? undefined : side + use;
}
