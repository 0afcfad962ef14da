import type { Locale } from '#flow/text';

const tag: Record<Locale, string> = { en: 'en', fr: 'fr' };

/** Anything but French reads English: the product speaks two languages. */
export function localeOf(locale: string): Locale {
  return locale === 'fr' ? 'fr' : 'en';
}

export function formatCount(count: number, locale: Locale): string {
  return numberFormat(locale).format(count);
}

const decimals = (value: number, digits: number, locale: Locale) => numberFormat(locale, digits).format(value);

const formats = new Map<string, Intl.NumberFormat>();

/** Made once: a live run formats thousands of numbers a second, and making a format costs fifty times as much as using it. */
function numberFormat(locale: Locale, digits?: number): Intl.NumberFormat {
  const key = `${locale} ${digits ?? ''}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(tag[locale], digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format;
}

/** As precise as a glance needs: 40 ms, 0.41 s, 9.2 s, 41 s, 4 min, 2 h, 3 d. */
export function formatDuration(ms: number, locale: Locale): string {
  const seconds = Math.max(0, ms) / 1000;
  if (ms < 0.5) return '< 1 ms';
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  if (seconds < 0.995) return `${decimals(seconds, 2, locale)} s`;
  if (seconds < 19.95) return `${decimals(seconds, 1, locale)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 59.5) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  if (hours < 47.5) return `${Math.round(hours)} h`;
  return `${Math.round(hours / 24)} ${locale === 'fr' ? 'j' : 'd'}`;
}

/** Where on the run's own clock: +9.18 s, then +2:05, then +1:02:05. */
export function formatOffset(ms: number, locale: Locale): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `+${decimals(Math.floor(seconds * 100) / 100, 2, locale)} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return hours > 0 ? `+${hours}:${two(minutes)}:${two(rest)}` : `+${minutes}:${two(rest)}`;
}

export function formatBytes(bytes: number, locale: Locale): string {
  const units = locale === 'fr' ? ['o', 'ko', 'Mo', 'Go'] : ['B', 'kB', 'MB', 'GB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${new Intl.NumberFormat(tag[locale], { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${units[unit] ?? ''}`;
}

/** Milliseconds between two ISO times; null while either is unknown. */
export function between(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from));
}
