/** Choices kept in cookies, so that the server draws the first paint with them. */
export type Theme = 'system' | 'light' | 'dark';

const year = 365 * 86_400;

function keep(name: string, value: string | null): void {
  document.cookie = `${name}=${value ?? ''}; path=/; samesite=lax; max-age=${value === null ? 0 : year}`;
}

export function keepTheme(theme: Theme): void {
  keep('theme', theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** The page must be drawn again by the server afterwards. */
export function keepLocale(locale: 'en' | 'fr'): void {
  keep('locale', locale);
}

export function keepZone(zone: string): void {
  keep('zone', zone);
}

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}
