import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import type { Locale } from '#flow/text';
import en from '../messages/en.json';
import fr from '../messages/fr.json';

const messages = { en, fr };

/** One address for both languages: the person's choice (cookie), else what the browser prefers. The cookie `zone` is their time zone. */
export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const chosen = jar.get('locale')?.value;
  const locale: Locale = chosen === 'fr' || chosen === 'en' ? chosen : preferred(head.get('accept-language') ?? '');
  return { locale, messages: messages[locale], timeZone: zoneOf(jar.get('zone')?.value) };
});

function preferred(accepted: string): Locale {
  const ranges = accepted.slice(0, 500).split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = Number(parameters.find((each) => each.trim().startsWith('q='))?.trim().slice(2) ?? 1);
    return { language: tag.split('-')[0], weight: Number.isFinite(weight) ? weight : 0 };
  });
  const spoken = ranges.filter((each) => (each.language === 'en' || each.language === 'fr') && each.weight > 0);
  return spoken.toSorted((a, b) => b.weight - a.weight)[0]?.language === 'fr' ? 'fr' : 'en';
}

function zoneOf(given: string | undefined): string {
  if (given === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
