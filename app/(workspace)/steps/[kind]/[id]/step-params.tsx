import { useLocale, useTranslations } from 'next-intl';
import type { ParamMeta } from '#flow/steps/field';

/** What can be set, in the order of the panel. */
export function StepParams({ meta }: { meta: Record<string, ParamMeta> }) {
  const t = useTranslations('steps');
  const entries = Object.entries(meta);
  if (entries.length === 0) return <p className="text-sm text-muted">{t('noParameters')}</p>;
  return <dl className="border-t border-line">{entries.map(([key, each]) => <Param key={key} name={key} meta={each} all={meta} />)}</dl>;
}

function Param({ name, meta, all }: { name: string; meta: ParamMeta; all: Record<string, ParamMeta> }) {
  const t = useTranslations('steps');
  const locale = useLocale() === 'fr' ? 'fr' : 'en';
  const facts = [
    meta.required && t('required'),
    meta.default !== undefined && meta.default !== '' && t('default', { value: meta.default === true ? t('yes') : meta.default === false ? t('no') : shown(meta, meta.default, locale) }),
    meta.showWhen && t('shownWhen', { param: all[meta.showWhen.param]?.label[locale] ?? meta.showWhen.param, values: meta.showWhen.in.map((each) => shown(all[meta.showWhen?.param ?? ''], each, locale)).join(', ') }),
  ].filter((each) => typeof each === 'string');
  return (
    <div className="grid gap-x-6 border-b border-line py-2.5 sm:grid-cols-[200px_1fr]">
      <dt><span className="block font-medium">{meta.label[locale]}</span><code className="mono text-muted">{name}</code></dt>
      <dd className="min-w-0 text-sm">
        <span>{t(`widget.${meta.widget}`)}</span>
        {facts.length > 0 && <span className="text-muted">{' · '}{facts.join(' · ')}</span>}
        {meta.help && <p className="text-muted">{meta.help[locale]}</p>}
        {meta.widget === 'choice' && <ul className="mt-1 flex flex-wrap gap-1.5">{meta.choices.map((each) => <li key={each.value} className="rounded-1 bg-sunken px-1.5 text-xs leading-5">{each.label[locale]} <code className="mono text-muted">{each.value}</code></li>)}</ul>}
        {meta.widget === 'list' && <ul className="mt-1 text-muted">{Object.entries(meta.columns).map(([key, column]) => <li key={key}>{column.label[locale]} <code className="mono">{key}</code>, {t(`widget.${column.widget}`)}{column.required ? `, ${t('required')}` : ''}</li>)}</ul>}
      </dd>
    </div>
  );
}

function shown(meta: ParamMeta | undefined, value: unknown, locale: 'en' | 'fr'): string {
  const choice = meta?.widget === 'choice' ? meta.choices.find((each) => each.value === value) : undefined;
  if (choice) return choice.label[locale];
  return typeof value === 'string' ? value : JSON.stringify(value);
}
