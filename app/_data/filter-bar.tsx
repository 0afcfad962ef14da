'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { ComponentField } from '#flow/component-model';
import type { Operator } from '#flow/value';
import { Button } from '../_ui/button';
import { Icon } from '../_ui/icon';
import { Input } from '../_ui/input';
import { Popover } from '../_ui/popover';
import { Select } from '../_ui/select';
import styles from './data.module.css';
import { filterable, operatorsOf, type EntryFilter, type EntryQuery } from './entry-query';

type Props = { fields: readonly ComponentField[]; query: EntryQuery; onChange: (query: EntryQuery) => void };

/** Search and one chip per condition; a click on a chip removes it, "Filter" adds one. */
export function FilterBar({ fields, query, onChange }: Props) {
  const t = useTranslations('data');
  const [text, setText] = useState(query.q);
  useEffect(() => setText(query.q), [query.q]);
  useEffect(() => {
    if (text === query.q) return;
    const timer = setTimeout(() => onChange({ ...query, q: text }), 250);
    return () => clearTimeout(timer);
  }, [text, query, onChange]);
  return (
    <div className={styles.filters} role="search">
      <div className={styles.search}><Icon name="search" size={14} /><input type="search" value={text} aria-label={t('filter.search')} placeholder={t('filter.search')} onChange={(event) => setText(event.target.value)} /></div>
      {query.filters.map((each, index) => {
        const field = fields.find((one) => one.name === each.field);
        if (!field) return null;
        const shown = field.enum?.find((one) => String(one.value) === each.text)?.label ?? (field.type === 'boolean' ? t(each.text === 'true' ? 'cell.yes' : 'cell.no') : each.text.replace('T', ' '));
        return (
          <button key={index} type="button" className={styles.chip} title={t('filter.remove')} onClick={() => onChange({ ...query, filters: query.filters.filter((_, at) => at !== index) })}>
            <em>{field.title} {t(`operator.${each.operator}`)}</em>{shown || t('cell.empty')}<Icon name="x" size={12} />
          </button>
        );
      })}
      <AddFilter fields={filterable(fields)} onAdd={(each) => onChange({ ...query, filters: [...query.filters, each] })} />
    </div>
  );
}

function AddFilter({ fields, onAdd }: { fields: readonly ComponentField[]; onAdd: (filter: EntryFilter) => void }) {
  const t = useTranslations('data');
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(fields[0]?.name ?? '');
  const [operator, setOperator] = useState<Operator | null>(null);
  const [text, setText] = useState('');
  const field = fields.find((each) => each.name === name);
  if (!field) return null;
  const operators = operatorsOf(field);
  const chosen = operator && operators.includes(operator) ? operator : (operators[0] ?? 'equal');
  const choices = field.enum?.map((each) => ({ value: String(each.value), label: each.label || String(each.value) }))
    ?? (field.type === 'boolean' ? [{ value: 'true', label: t('cell.yes') }, { value: 'false', label: t('cell.no') }] : null);
  const value = choices && !choices.some((each) => each.value === text) ? (choices[0]?.value ?? '') : text;
  const type = field.type === 'date' || field.type === 'time' ? field.type : field.type === 'datetime' ? 'datetime-local' : 'text';
  return (
    <Popover open={open} onOpenChange={setOpen} label={t('filter.add')} className="w-64 p-3" trigger={<button type="button" className={styles.chip} data-dashed><Icon name="plus" size={12} />{t('filter.add')}</button>}>
      <form className="grid gap-2" onSubmit={(event) => {
        event.preventDefault();
        onAdd({ field: field.name, operator: chosen, text: value });
        setText('');
        setOpen(false);
      }}>
        <Select label={t('filter.field')} value={name} options={fields.map((each) => ({ value: each.name, label: each.title }))} onChange={(next) => { setName(next); setText(''); }} />
        <Select label={t('filter.operator')} value={chosen} options={operators.map((each) => ({ value: each, label: t(`operator.${each}`) }))} onChange={(next) => setOperator(operators.find((each) => each === next) ?? null)} />
        {choices
          ? <Select label={t('filter.value')} value={value} options={choices} onChange={setText} />
          : <Input type={type} aria-label={t('filter.value')} placeholder={t('filter.value')} value={text} onChange={(event) => setText(event.target.value)} />}
        <Button variant="primary" type="submit">{t('filter.apply')}</Button>
      </form>
    </Popover>
  );
}
