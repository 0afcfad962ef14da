'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { userInfoComponent, type ComponentField } from '#flow/component-model';
import { Field } from '../_ui/field';
import { Input } from '../_ui/input';
import { Select } from '../_ui/select';
import { Textarea } from '../_ui/textarea';
import { localDateTime, numberOf } from './form-values';
import { elementTypes, enumText, parseEnum, withSetting } from './model-draft';
import styles from './model.module.css';

type Props = {
  field: ComponentField;
  others: readonly { id: string; title: string }[];
  fault: (setting: string) => string | undefined;
  onChange: (field: ComponentField) => void;
};

/** The settings a field's type has of its own (concepts.md §2.2). */
export function FieldSettings({ field, others, fault, onChange }: Props) {
  const t = useTranslations('model');
  switch (field.type) {
    case 'string':
      return <><Whole field={field} name="minLength" fault={fault} onChange={onChange} /><Whole field={field} name="maxLength" fault={fault} onChange={onChange} /><Choices field={field} fault={fault} onChange={onChange} /></>;
    case 'number': case 'integer':
      return <><Bound field={field} name="min" fault={fault} onChange={onChange} /><Bound field={field} name="max" fault={fault} onChange={onChange} /><Choices field={field} fault={fault} onChange={onChange} /></>;
    case 'datetime': case 'date': case 'time':
      return <><Bound field={field} name="min" fault={fault} onChange={onChange} /><Bound field={field} name="max" fault={fault} onChange={onChange} /></>;
    case 'catalog':
      return <Field label={t('component')} required error={fault('componentId')}><Target label={t('component')} value={field.componentId ?? ''} others={others} onChange={(id) => onChange(withSetting(field, 'componentId', id))} /></Field>;
    case 'array':
      return <Elements field={field} others={others} fault={fault} onChange={onChange} />;
    case 'file':
      return (
        <>
          <Typed label={t('accept')} help={t('acceptHelp')} error={fault('accept')} shown={(field.accept ?? []).join(', ')} onText={(text) => onChange(withSetting(field, 'accept', text.split(/[\s,;]+/).filter((each) => each !== '')))} />
          <Whole field={field} name="maxSizeBytes" fault={fault} onChange={onChange} />
        </>
      );
    case 'boolean': case 'uri':
      return null;
  }
}

function Target({ label, value, others, onChange }: { label: string; value: string; others: Props['others']; onChange: (id: string) => void }) {
  const t = useTranslations('model');
  return <Select label={label} value={value} onChange={onChange} options={[{ value: '', label: t('chooseComponent') }, { value: userInfoComponent, label: t('people') }, ...others.map((each) => ({ value: each.id, label: each.title }))]} />;
}

function Elements({ field, others, fault, onChange }: Props) {
  const t = useTranslations('model');
  const items = field.items ?? { type: 'string' as const };
  return (
    <>
      <Field label={t('items')} error={fault('items')}>
        <Select label={t('items')} value={items.type} options={elementTypes.map((type) => ({ value: type, label: t(`type.${type}`) }))}
          onChange={(value) => {
            const type = elementTypes.find((each) => each === value) ?? 'string';
            onChange(withSetting(field, 'items', type === 'catalog' ? { type, componentId: others[0]?.id ?? userInfoComponent } : { type }));
          }} />
      </Field>
      {items.type === 'catalog' && <Field label={t('component')} required><Target label={t('component')} value={items.componentId} others={others} onChange={(componentId) => onChange(withSetting(field, 'items', { type: 'catalog', componentId }))} /></Field>}
    </>
  );
}

type SettingProps = Omit<Props, 'others'>;

/** Text that stands for a value: what is typed stays as it is while the field is open. */
function Typed({ label, help, error, shown, type, onText }: { label: string; help?: string; error?: string | undefined; shown: string; type?: string; onText: (text: string) => void }) {
  const [text, setText] = useState(shown);
  return <Field label={label} help={help} error={error}><Input type={type ?? 'text'} value={text} onChange={(event) => { setText(event.target.value); onText(event.target.value); }} /></Field>;
}

function Whole({ field, name, fault, onChange }: SettingProps & { name: 'minLength' | 'maxLength' | 'maxSizeBytes' }) {
  const t = useTranslations('model');
  return <Typed label={t(name)} error={fault(name)} shown={field[name] === undefined ? '' : String(field[name])} onText={(text) => onChange(withSetting(field, name, numberOf(text) ?? undefined))} />;
}

function Bound({ field, name, fault, onChange }: SettingProps & { name: 'min' | 'max' }) {
  const t = useTranslations('model');
  const value = field[name];
  const input = field.type === 'datetime' ? 'datetime-local' : field.type === 'date' || field.type === 'time' ? field.type : 'text';
  const read = (text: string): string | number | undefined => {
    if (text === '') return undefined;
    if (field.type === 'number' || field.type === 'integer') return numberOf(text) ?? undefined;
    const at = new Date(text);
    return field.type === 'datetime' && !Number.isNaN(at.getTime()) ? at.toISOString() : text;
  };
  const shown = value === undefined ? '' : field.type === 'datetime' && typeof value === 'string' ? localDateTime(value) : String(value);
  return <Typed key={field.type} type={input} label={t(name)} error={fault(name)} shown={shown} onText={(text) => onChange(withSetting(field, name, read(text)))} />;
}

function Choices({ field, fault, onChange }: SettingProps) {
  const t = useTranslations('model');
  const [text, setText] = useState(enumText(field.enum));
  return (
    <div className={styles.wide}>
      <Field label={t('enum')} help={t('enumHelp')} error={fault('enum')}>
        <Textarea rows={Math.min(8, Math.max(2, text.split('\n').length))} className="mono" value={text} onChange={(event) => { setText(event.target.value); onChange(withSetting(field, 'enum', parseEnum(event.target.value, field.type))); }} />
      </Field>
    </div>
  );
}
