/** Every zone the platform knows, UTC first; the browser's own where it is missing from the list. */
export function timeZones(): readonly string[] {
  const known = Intl.supportedValuesOf('timeZone');
  const own = ownTimeZone();
  return [...new Set(['UTC', ...(known.includes(own) ? [] : [own]), ...known])];
}

export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
