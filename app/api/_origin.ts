/** Exact match against the allow-list: absent and "null" are refused. */
export function isAllowedOrigin(origin: string | null, allowed: readonly string[]): boolean {
  return origin !== null && origin !== 'null' && allowed.includes(origin);
}
