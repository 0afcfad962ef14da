'use client';
import { useTranslations } from 'next-intl';
import { use } from 'react';
import type { ComponentField } from '#flow/component-model';
import type { Json } from '#flow/json';
import { FieldContext } from '../_ui/field-context';
import { Input } from '../_ui/input';
import { Select } from '../_ui/select';
import { Textarea } from '../_ui/textarea';
import { FileControl } from './file-control';
import { ListControl } from './list-control';
import { ReferencePicker } from './reference-picker';

export type ControlProps = { field: ComponentField; value: Json; onChange: (value: Json) => void; invalid: boolean };

/** The control of one field, by its type: what a person types stays text until it is sent (form-values.ts). */
export function FieldControl({ field, value, onChange, invalid }: ControlProps) {
  const t = useTranslations('data');
  if (field.type === 'array') return <ListControl field={field} value={value} onChange={onChange} invalid={invalid} />;
  if (field.enum && field.enum.length > 0) {
    const options = field.enum.map((each, index) => ({ value: String(index), label: each.label || String(each.value) }));
    const at = field.enum.findIndex((each) => each.value === value);
    return <Select label={field.title} value={at < 0 ? '' : String(at)} options={[{ value: '', label: t('form.choose') }, ...options]} onChange={(next) => onChange(next === '' ? null : (field.enum?.[Number(next)]?.value ?? null))} />;
  }
  switch (field.type) {
    case 'boolean':
      return <Select label={field.title} value={value === null || value === '' ? '' : String(value)} onChange={(next) => onChange(next === '' ? null : next === 'true')}
        options={[{ value: '', label: t('form.choose') }, { value: 'true', label: t('cell.yes') }, { value: 'false', label: t('cell.no') }]} />;
    case 'catalog':
      return <ReferencePicker componentId={field.componentId ?? ''} label={field.title} value={value} onChange={onChange} />;
    case 'file':
      return <FileControl field={field} value={value} onChange={onChange} />;
    case 'string':
      return isLong(field, value)
        ? <Textarea value={textOf(value)} rows={4} aria-invalid={invalid || undefined} onChange={(event) => onChange(event.target.value)} />
        : <ScalarInput type="string" label={field.title} value={value} onChange={onChange} invalid={invalid} />;
    case 'number': case 'integer': case 'datetime': case 'date': case 'time': case 'uri':
      return <ScalarInput type={field.type} label={field.title} value={value} onChange={onChange} invalid={invalid} />;
  }
}

type ScalarType = 'string' | 'number' | 'integer' | 'datetime' | 'date' | 'time' | 'uri';

const inputs: Record<ScalarType, { type: string; inputMode?: 'decimal' | 'numeric' | 'url'; step?: number; placeholder?: string }> = {
  string: { type: 'text' }, number: { type: 'text', inputMode: 'decimal' }, integer: { type: 'text', inputMode: 'numeric' },
  datetime: { type: 'datetime-local', step: 1 }, date: { type: 'date' }, time: { type: 'time', step: 1 }, uri: { type: 'url', inputMode: 'url', placeholder: 'https://' },
};

export function ScalarInput({ type, label, value, onChange, invalid }: { type: ScalarType; label: string; value: Json; onChange: (value: Json) => void; invalid: boolean }) {
  const inField = use(FieldContext) !== null;
  return <Input {...inputs[type]} aria-label={inField ? undefined : label} value={textOf(value)} aria-invalid={invalid || undefined} onChange={(event) => onChange(event.target.value)} />;
}

export const textOf = (value: Json): string => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** A text without a short limit that already runs over a line gets room to grow. */
function isLong(field: ComponentField, value: Json): boolean {
  return (field.maxLength ?? Infinity) > 300 && (textOf(value).includes('\n') || textOf(value).length > 60 || (field.maxLength ?? 0) > 300);
}

/** Fields whose values are short stand two in a row. */
export function isHalf(field: ComponentField): boolean {
  return field.type === 'number' || field.type === 'integer' || field.type === 'boolean' || field.type === 'date' || field.type === 'time' || (field.enum !== undefined && field.type !== 'array');
}
