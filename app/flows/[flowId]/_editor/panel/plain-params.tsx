'use client';
import { useLocale, useTranslations } from 'next-intl';
import { localeOf } from '../../../../_run/duration';
import { Icon } from '../../../../_ui/icon';
import { Switch } from '../../../../_ui/switch';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';
import { useDraft } from './use-draft';

export function TextParam({ at, meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const { editable, onEditing } = usePanel();
  const stored = typeof value === 'string' ? value : '';
  const draft = useDraft(stored, (text) => onChange(text === '' ? undefined : text), (active) => onEditing(active ? at : null));
  return (
    <input
      id={id} className={styles.input} aria-describedby={describedBy} aria-invalid={bad} readOnly={!editable} spellCheck={meta.widget === 'text'} data-mono={meta.widget === 'newField' || undefined}
      maxLength={meta.widget === 'text' ? meta.maxLength : 120} placeholder={meta.widget === 'text' ? meta.placeholder : undefined}
      value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)}
    />
  );
}

export function NumberParam({ at, meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const { editable, onEditing } = usePanel();
  const write = (text: string) => {
    if (text.trim() === '') return onChange(undefined);
    const number = Number(text.replace(',', '.'));
    if (Number.isFinite(number)) onChange(number);
  };
  const draft = useDraft(typeof value === 'number' ? String(value) : '', write, (active) => onEditing(active ? at : null));
  const unit = meta.widget === 'number' ? meta.unit : undefined;
  return (
    <span className={styles.withUnit}>
      <input id={id} className={styles.input} inputMode="decimal" aria-describedby={describedBy} aria-invalid={bad || Number.isNaN(Number(draft.value.replace(',', '.')))} readOnly={!editable} value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
      {unit && <em>{unit}</em>}
    </span>
  );
}

export function FlagParam({ meta, value, onChange }: ParamProps) {
  const { editable } = usePanel();
  const locale = localeOf(useLocale());
  return <span className={styles.flag}><Switch checked={value === true} disabled={!editable} onChange={onChange}>{meta.label[locale]}</Switch></span>;
}

export function ChoiceParam({ meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const locale = localeOf(useLocale());
  if (meta.widget !== 'choice') return null;
  const options = meta.choices.map((choice) => ({ value: choice.value, label: choice.label[locale] }));
  return <NativeSelect id={id} value={typeof value === 'string' ? value : ''} options={options} onChange={onChange} describedBy={describedBy} bad={bad} optional={!meta.required && meta.default === undefined} />;
}

type SelectProps = {
  id: string; value: string; options: readonly { value: string; label: string }[]; onChange: (value: string | undefined) => void;
  describedBy?: string | undefined; bad?: boolean | undefined; optional?: boolean; label?: string;
};

/** The platform's own select: every keyboard and screen reader knows it. A value that is no option any more is kept visible. */
export function NativeSelect({ id, value, options, onChange, describedBy, bad, optional = false, label }: SelectProps) {
  const { editable } = usePanel();
  const t = useTranslations('panel');
  const unknown = value !== '' && !options.some((option) => option.value === value);
  return (
    <span className={styles.select}>
      <select id={id} aria-label={label} aria-describedby={describedBy} aria-invalid={bad} disabled={!editable} value={value} onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}>
        {(optional || value === '') && <option value="">{value === '' ? t('choose') : t('nothing')}</option>}
        {unknown && <option value={value}>{t('gone', { value })}</option>}
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
      <Icon name="chevron-down" size={14} />
    </span>
  );
}
