'use client';
import { useTranslations } from 'next-intl';
import { fieldTypes, type ComponentField } from '#flow/component-model';
import { Checkbox } from '../_ui/checkbox';
import { Field } from '../_ui/field';
import { Icon } from '../_ui/icon';
import { IconButton } from '../_ui/icon-button';
import { Input } from '../_ui/input';
import { Select } from '../_ui/select';
import { FieldSettings } from './field-settings';
import { nameFrom, withSetting, withType, type FieldDraft } from './model-draft';
import styles from './model.module.css';

type Fault = { setting: string; message: string };
type Props = {
  draft: FieldDraft;
  others: readonly { id: string; title: string }[];
  canEdit: boolean;
  open: boolean;
  faults: readonly Fault[];
  taken: readonly string[];
  acts: { toggle: () => void; change: (draft: FieldDraft) => void; remove: () => void; up: (() => void) | null; down: (() => void) | null };
};

const icons: Record<ComponentField['type'], string> = {
  string: 'type', number: 'hash', integer: 'hash', boolean: 'toggle-left', datetime: 'calendar', date: 'calendar', time: 'clock', uri: 'link', catalog: 'book-open', array: 'list', file: 'file',
};
const flags = ['required', 'primaryKey', 'query', 'virtual'] as const;

/** One field of the model: a line that says what it is, opening to everything that can be set. */
export function FieldRow({ draft, others, canEdit, open, faults, taken, acts }: Props) {
  const t = useTranslations('model');
  const { field, saved } = draft;
  const fault = (setting: string) => faults.find((each) => each.setting === setting || (setting === 'title' && each.setting === ''))?.message;
  const set = (next: ComponentField) => acts.change({ ...draft, field: next });
  const retitle = (title: string) => {
    const follows = !saved && field.name === nameFrom(field.title, taken);
    set({ ...withSetting(field, 'title', title), ...(follows ? { name: nameFrom(title, taken) } : {}) });
  };
  const target = field.type === 'catalog' ? others.find((each) => each.id === field.componentId)?.title : field.type === 'array' && field.items?.type === 'catalog' ? others.find((each) => field.items?.type === 'catalog' && each.id === field.items.componentId)?.title : undefined;
  return (
    <li className={styles.field} data-open={open || undefined} data-bad={faults.length > 0 || undefined}>
      <div className={styles.line}>
        <button type="button" className={styles.toggle} aria-expanded={open} onClick={acts.toggle}>
          <Icon name={icons[field.type]} size={15} /><b>{field.title || field.name}</b><code>{field.name}</code>
          <span>{t(`type.${field.type}`)}{field.type === 'array' && field.items && `, ${t(`type.${field.items.type}`)}`}{target && ` → ${target}`}</span>
          {flags.filter((flag) => field[flag]).map((flag) => <em key={flag}>{t(`flag.${flag}`)}</em>)}
          {field.enum && <em>{t('choices', { count: field.enum.length })}</em>}
          {faults.length > 0 && <strong><Icon name="triangle-alert" size={12} />{t('faults', { count: faults.length })}</strong>}
        </button>
        {canEdit && <>
          <IconButton label={t('up', { field: field.title })} icon="arrow-up" size="sm" disabled={acts.up === null} onClick={() => acts.up?.()} />
          <IconButton label={t('down', { field: field.title })} icon="arrow-down" size="sm" disabled={acts.down === null} onClick={() => acts.down?.()} />
          <IconButton label={t('remove', { field: field.title })} icon="trash-2" size="sm" onClick={acts.remove} />
        </>}
      </div>
      {open && (
        <fieldset className={styles.settings} disabled={!canEdit}>
          <Field label={t('title')} required error={fault('title')}><Input value={field.title} onChange={(event) => retitle(event.target.value)} /></Field>
          <Field label={t('name')} required error={fault('name')} help={saved ? t('nameFixed') : t('nameHelp')}><Input className="mono" value={field.name} disabled={saved} onChange={(event) => set(withSetting(field, 'name', event.target.value.trim()))} /></Field>
          <Field label={t('typeLabel')} error={fault('type')}><Select label={t('typeLabel')} value={field.type} options={fieldTypes.map((type) => ({ value: type, label: t(`type.${type}`) }))} onChange={(value) => set(withType(field, fieldTypes.find((type) => type === value) ?? field.type))} /></Field>
          <FieldSettings field={field} others={others} fault={fault} onChange={set} />
          <div className={styles.flags}>
            {flags.map((flag) => (
              <div key={flag}><Checkbox checked={field[flag] ?? false} onChange={(checked) => set(withSetting(field, flag, checked))}>{t(`flag.${flag}`)}</Checkbox><small>{t(`flagHelp.${flag}`)}</small>{fault(flag) && <small role="alert" data-bad>{fault(flag)}</small>}</div>
            ))}
          </div>
        </fieldset>
      )}
    </li>
  );
}
