import { useLocale, useTranslations } from 'next-intl';
import type { CatalogueEntry } from '#flow/catalogue';

type Example = CatalogueEntry['examples'][number];

/** Parameters, what comes in and what goes out; the contract test of the catalogue runs exactly this. */
export function StepExample({ example }: { example: Example }) {
  const t = useTranslations('steps.example');
  const locale = useLocale() === 'fr' ? 'fr' : 'en';
  const parts: [string, unknown][] = [[t('params'), example.params], [t('entries'), example.entries], [t('caller'), example.caller], [t('input'), example.input], [t('left'), example.left], [t('right'), example.right], [t('output'), example.output]];
  return (
    <section className="mb-4 rounded-3 border border-line">
      <h3 className="border-b border-line px-3 py-2 text-sm font-medium">{example.title[locale]}</h3>
      <div className="grid gap-px bg-line sm:grid-cols-2">
        {parts.filter(([, value]) => value !== undefined).map(([name, value]) => (
          <div key={name} className="min-w-0 bg-surface px-3 py-2">
            <h4 className="mb-1 text-2xs font-medium text-muted">{name}</h4>
            <pre tabIndex={0} aria-label={name} className="mono max-h-70 overflow-auto leading-[18px] whitespace-pre-wrap [overflow-wrap:anywhere]">{compact(value)}</pre>
          </div>
        ))}
      </div>
    </section>
  );
}

/** JSON with one item per line where an item fits on it. */
function compact(value: unknown): string {
  if (Array.isArray(value) && value.length > 0) return `[\n${value.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]`;
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) return `{\n${Object.entries(value).map(([key, each]) => `  ${JSON.stringify(key)}: ${JSON.stringify(each)}`).join(',\n')}\n}`;
  return JSON.stringify(value) ?? '';
}
