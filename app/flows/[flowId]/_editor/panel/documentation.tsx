'use client';
import { useLocale, useTranslations } from 'next-intl';
import { localeOf } from '../../../../_run/duration';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

/** What the catalogue says of this type of step. */
export function Documentation() {
  const { type } = usePanel();
  const t = useTranslations('panel');
  const locale = localeOf(useLocale());
  const params = Object.entries(type.params);
  return (
    <div className={styles.docs}>
      {type.help[locale].split('\n\n').map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
      {params.length > 0 && <h2>{t('parameters')}</h2>}
      <dl>{params.map(([key, meta]) => <div key={key}><dt>{meta.label[locale]} <code>{key}</code></dt><dd>{[meta.required ? t('required') : null, meta.help?.[locale]].filter(Boolean).join('. ')}</dd></div>)}</dl>
      {type.examples.length > 0 && <h2>{t('examples')}</h2>}
      {type.examples.map((example) => (
        <figure key={example.title.en}>
          <figcaption>{example.title[locale]}</figcaption>
          <pre>{[example.input ?? example.left ?? example.caller, example.right, example.params, example.output].filter((each) => each !== undefined).map((each) => JSON.stringify(each)).join('\n')}</pre>
        </figure>
      ))}
    </div>
  );
}
