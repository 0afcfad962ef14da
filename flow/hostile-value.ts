/**
 * What must be refused before a schema looks at it: nesting deep enough to end the stack, values that are not JSON,
 * and text PostgreSQL and Yjs cannot keep. Walks without recursion and stops at the first finding.
 */
const limits = { depth: 40, values: 3_000_000 };
const halfPair = /\p{Surrogate}/u;
const isKeepable = (text: string): boolean => !text.includes('\u0000') && !halfPair.test(text);

type Visit = { value: unknown; depth: number; path: Path | null };
type Path = { parent: Path | null; key: string };

export function hostileValue(input: unknown): { path: string; message: string } | null {
  const pending: Visit[] = [{ value: input, depth: 0, path: null }];
  for (let visited = 0; pending.length > 0; visited++) {
    const visit = pending.pop();
    if (!visit) break;
    const reason = visited > limits.values ? 'too many values' : reasonOf(visit);
    if (reason) return { path: written(visit.path), message: reason };
    if (typeof visit.value !== 'object' || visit.value === null) continue;
    for (const [key, value] of Object.entries(visit.value)) {
      pending.push({ value, depth: visit.depth + 1, path: { parent: visit.path, key: Array.isArray(visit.value) ? `[${key}]` : key } });
    }
  }
  return null;
}

function reasonOf({ value, depth, path }: Visit): string | null {
  if (depth > limits.depth) return `nested deeper than ${limits.depth} levels`;
  if (path && (path.key === '__proto__' || !isKeepable(path.key))) return 'this key may not be used';
  if (typeof value === 'string') return isKeepable(value) ? null : 'holds a character that cannot be stored (NUL or half of a pair)';
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'not a finite number';
  if (typeof value === 'object' && value !== null) return isPlain(value) ? null : 'not JSON';
  return typeof value === 'boolean' || value === null || value === undefined ? null : 'not JSON';
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function written(path: Path | null): string {
  const keys: string[] = [];
  for (let at = path; at; at = at.parent) keys.unshift(at.key.slice(0, 80));
  return keys.map((key, place) => (place === 0 || key.startsWith('[') ? key : `.${key}`)).join('');
}
