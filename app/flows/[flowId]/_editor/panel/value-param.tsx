'use client';
import { useTranslations } from 'next-intl';
import { useState, type KeyboardEvent } from 'react';
import { isJsonObject, type Json } from '#flow/json';
import type { SourcePort } from '#flow/flow';
import type { FieldType, ModelField } from '#flow/model-schema';
import { ConstantInput } from './constant-param';
import { PathPicker } from './path-picker';
import { NativeSelect } from './plain-params';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';
import { useDraft } from './use-draft';

export type ValueForm = 'const' | 'field' | 'expr' | 'column';
type Props = Omit<ParamProps, 'meta'> & { forms: readonly ValueForm[]; port: SourcePort | undefined; expects?: FieldType[] | undefined; field?: ModelField | undefined; label?: string; /** In a row: the kind as a small select. */ compact?: boolean };

export function formOf(value: Json | undefined, forms: readonly ValueForm[]): ValueForm {
  const stored = isJsonObject(value) ? forms.find((form) => Object.hasOwn(value, form)) : undefined;
  return stored ?? forms[0] ?? 'const';
}

/** Constant, field or expression: one of three ways to say a value. Another way is stored once it says something. */
export function ValueParam({ at, value, onChange, id, describedBy, bad, forms, port, expects, field, label, compact = false }: Props) {
  const t = useTranslations('panel');
  const { editable } = usePanel();
  const [wanted, setWanted] = useState<ValueForm | null>(null);
  const form = wanted ?? formOf(value, forms);
  const inner = isJsonObject(value) ? value[form] : undefined;
  const set = (next: Json | undefined) => {
    setWanted(null);
    onChange(next === undefined ? undefined : { [form]: next });
  };
  return (
    <span className={styles.value} data-compact={compact || undefined}>
      {forms.length > 1 && compact && <NativeSelect id={`${id}-kind`} label={t('kindOfValue')} value={form} options={forms.map((each) => ({ value: each, label: t(`form.${each}`) }))} onChange={(next) => setWanted(forms.find((each) => each === next) ?? null)} />}
      {forms.length > 1 && !compact && (
        <span className={styles.segments} role="radiogroup" aria-label={t('kindOfValue')}>
          {forms.map((each) => (
            <button key={each} type="button" role="radio" aria-checked={form === each} disabled={!editable} tabIndex={form === each ? 0 : -1} onClick={() => setWanted(each)} onKeyDown={stepRadio}>{t(`form.${each}`)}</button>
          ))}
        </span>
      )}
      {form === 'const' && <ConstantInput at={at} id={id} value={inner} onChange={set} describedBy={describedBy} bad={bad ?? false} field={field ?? (expects?.[0] ? { type: expects[0] } : undefined)} {...(label ? { label } : {})} />}
      {form === 'field' && <PathPicker at={at} id={id} port={port} value={typeof inner === 'string' ? inner : ''} onChange={set} expects={expects} describedBy={describedBy} bad={bad} label={label} />}
      {(form === 'expr' || form === 'column') && <CodeLine at={at} id={id} value={typeof inner === 'string' || typeof inner === 'number' ? String(inner) : ''} onChange={(text) => set(text === '' ? undefined : form === 'column' && /^\d+$/.test(text) ? Number(text) : text)} describedBy={describedBy} bad={bad} label={label} placeholder={t(form === 'expr' ? 'exprHint' : 'columnHint')} />}
    </span>
  );
}

/** Arrow keys walk a radio group. */
function stepRadio(event: KeyboardEvent<HTMLButtonElement>): void {
  const forward = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  if (!forward && event.key !== 'ArrowLeft' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const next = forward ? event.currentTarget.nextElementSibling : event.currentTarget.previousElementSibling;
  if (next instanceof HTMLElement) { next.focus(); next.click(); }
}

type LineProps = { at: string; id: string; value: string; onChange: (text: string) => void; describedBy?: string | undefined; bad?: boolean | undefined; label?: string | undefined; placeholder: string };

function CodeLine({ at, id, value, onChange, describedBy, bad, label, placeholder }: LineProps) {
  const { editable, onEditing } = usePanel();
  const draft = useDraft(value, onChange, (active) => onEditing(active ? at : null));
  return <input id={id} className={styles.input} data-mono aria-label={label} aria-describedby={describedBy} aria-invalid={bad} readOnly={!editable} spellCheck={false} placeholder={placeholder} value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />;
}
