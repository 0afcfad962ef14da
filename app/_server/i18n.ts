import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { localeOf } from '#flow/locale';
import en from '../messages/en.json';
import fr from '../messages/fr.json';

const messages = { en, fr };

/** One address for both languages: the person's choice (cookie), else what the browser prefers. The cookie `zone` is their time zone. */
export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = localeOf(head);
  return { locale, messages: messages[locale], timeZone: zoneOf(jar.get('zone')?.value) };
});

function zoneOf(given: string | undefined): string {
  if (given === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
