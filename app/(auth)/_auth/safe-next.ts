/** Where to go after signing in: a path of ours, never another site's address. */
export function safeNext(given: string | string[] | undefined): string {
  if (typeof given !== 'string' || !/^\/(?![/\\])/.test(given)) return '/';
  const base = 'http://millrace.invalid';
  const url = URL.canParse(given, base) ? new URL(given, base) : null;
  return url && url.origin === base ? `${url.pathname}${url.search}${url.hash}` : '/';
}
