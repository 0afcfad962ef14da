import type { Locale } from './text';

/** The language of a request: what the person chose (cookie `locale`), else the first of theirs we speak, else English. */
export function localeOf(headers: Headers): Locale {
  const chosen = /(?:^|;\s*)locale=(en|fr)(?:;|$)/.exec(headers.get('cookie') ?? '')?.[1];
  if (chosen === 'fr' || chosen === 'en') return chosen;
  return preferred(headers.get('accept-language') ?? '');
}

function preferred(accepted: string): Locale {
  const ranges = accepted.slice(0, 500).split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = Number(parameters.find((each) => each.trim().startsWith('q='))?.trim().slice(2) ?? 1);
    return { language: tag.split('-')[0], weight: Number.isFinite(weight) ? weight : 0 };
  });
  const spoken = ranges.filter((each) => (each.language === 'en' || each.language === 'fr') && each.weight > 0);
  return spoken.toSorted((a, b) => b.weight - a.weight)[0]?.language === 'fr' ? 'fr' : 'en';
}
