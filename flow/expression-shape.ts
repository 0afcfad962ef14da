/**
 * What an expression's syntax tree tells before it runs: names that do not exist, and loops that cost the square of
 * the data. A loop inside a loop may only run over a part of the outer loop's element.
 */
export type Shape = { ok: true; loopsOverItems: boolean } | { ok: false; reason: string };

const names = new Set(['item', 'items', 'context']);
const typeNames = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'timestamp', 'duration', 'type', 'uint', 'dyn', 'google']);
const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

type Node = { op: string; args: unknown };
type Loop = { over: Node; variable: string; body: unknown[] };

export function shapeOf(tree: unknown): Shape {
  const found = { loopsOverItems: false };
  const reason = inspect(tree, [], found);
  return reason === null ? { ok: true, ...found } : { ok: false, reason };
}

function inspect(value: unknown, bound: readonly string[], found: { loopsOverItems: boolean }): string | null {
  if (Array.isArray(value)) return firstOf(value, (each) => inspect(each, bound, found));
  if (!isNode(value)) return null;
  if (value.op === 'id') return isKnown(value.args, bound) ? null : `there is no "${String(value.args)}"; use item, items or context`;
  const loop = loopOf(value);
  if (!loop) return inspect(value.args, bound, found);
  const root = rootOf(loop.over);
  if (bound.length > 0 && !(root !== null && bound.includes(root))) return 'a loop inside a loop may only run over a part of the outer element; join the models in a step instead';
  if (root === 'items') found.loopsOverItems = true;
  return inspect(loop.over, bound, found) ?? inspect(loop.body, [...bound, loop.variable], found);
}

function firstOf(list: readonly unknown[], check: (each: unknown) => string | null): string | null {
  for (const each of list) {
    const reason = check(each);
    if (reason !== null) return reason;
  }
  return null;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value && 'args' in value && typeof value.op === 'string';
const isKnown = (name: unknown, bound: readonly string[]): boolean => typeof name === 'string' && (names.has(name) || typeNames.has(name) || bound.includes(name));

/** `list.map(x, …)` and its like: a call on a receiver whose first argument names the element. */
function loopOf({ op, args }: Node): Loop | null {
  if (op !== 'rcall' || !Array.isArray(args)) return null;
  const [name, over, given]: unknown[] = args;
  if (typeof name !== 'string' || !loops.has(name) || !isNode(over) || !Array.isArray(given) || given.length < 2) return null;
  const [variable, ...body]: unknown[] = given;
  return isNode(variable) && variable.op === 'id' && typeof variable.args === 'string' ? { over, variable: variable.args, body } : null;
}

/** The name at the beginning of `a.b[0].filter(…)`; null when it begins with something else. */
function rootOf(node: Node): string | null {
  if (node.op === 'id') return typeof node.args === 'string' ? node.args : null;
  if (!Array.isArray(node.args)) return null;
  const inner: unknown = node.op === 'rcall' ? node.args[1] : node.args[0];
  return isNode(inner) ? rootOf(inner) : null;
}
