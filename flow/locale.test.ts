import { expect, test } from 'vitest';
import { localeOf } from './locale';

test.each([
  [{}, 'en'], [{ 'accept-language': 'fr-CH, en;q=0.8' }, 'fr'], [{ 'accept-language': 'en;q=0.3, fr;q=0.7' }, 'fr'], [{ 'accept-language': 'de, en, fr' }, 'en'],
  [{ 'accept-language': 'fr;q=0' }, 'en'], [{ 'accept-language': 'fr;q=x' }, 'en'], [{ cookie: 'a=1; locale=fr; b=2', 'accept-language': 'en' }, 'fr'],
  [{ cookie: 'locale=en', 'accept-language': 'fr' }, 'en'], [{ cookie: 'xlocale=fr' }, 'en'], [{ cookie: 'locale=de', 'accept-language': 'fr' }, 'fr'],
] as const)('%j means %s', (headers, locale) => {
  expect(localeOf(new Headers(headers))).toBe(locale);
});
