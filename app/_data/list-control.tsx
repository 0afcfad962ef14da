'use client';
import { useTranslations } from 'next-intl';
import type { Json } from '#flow/json';
import { Button } from '../_ui/button';
import { FieldContext } from '../_ui/field-context';
import { IconButton } from '../_ui/icon-button';
import { Select } from '../_ui/select';
import { Textarea } from '../_ui/textarea';
import styles from './data.module.css';
import { ScalarInput, textOf, type ControlProps } from './field-control';
import { ReferencePicker } from './reference-picker';

/** An array field as rows: add, change, remove. Objects are written as JSON. */
export function ListControl({ field, value, onChange, invalid }: ControlProps) {
  const t = useTranslations('data');
  const rows = Array.isArray(value) ? value : [];
  const type = field.items?.type ?? 'string';
  const set = (index: number, next: Json) => onChange(rows.map((row, at) => (at === index ? next : row)));
  const fresh: Json = type === 'boolean' ? false : type === 'catalog' ? null : type === 'object' ? '{}' : '';
  const control = (row: Json, index: number) => {
    const label = t('form.row', { field: field.title, row: index + 1 });
    if (field.items?.type === 'catalog') return <ReferencePicker componentId={field.items.componentId} label={label} value={row} onChange={(next) => set(index, next)} />;
    if (type === 'object') return <Textarea aria-label={label} rows={3} value={textOf(row)} className="mono" onChange={(event) => set(index, event.target.value)} />;
    if (type === 'boolean') return <Select label={label} value={String(row)} options={[{ value: 'true', label: t('cell.yes') }, { value: 'false', label: t('cell.no') }]} onChange={(next) => set(index, next === 'true')} />;
    return <ScalarInput type={type === 'catalog' ? 'string' : type} label={label} value={row} invalid={invalid} onChange={(next) => set(index, next)} />;
  };
  return (
    <FieldContext value={null}>
    <div className={styles.rows} role="group" aria-label={field.title}>
      {rows.map((row, index) => (
        <div key={index} className={styles.rowline}>
          <div>{control(row, index)}</div>
          <IconButton label={t('form.removeRow', { row: index + 1 })} icon="x" size="sm" onClick={() => onChange(rows.filter((_, at) => at !== index))} />
        </div>
      ))}
      <div><Button size="sm" icon="plus" onClick={() => onChange([...rows, fresh])}>{t('form.addRow')}</Button></div>
    </div>
    </FieldContext>
  );
}
