'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { ComponentField } from '#flow/component-model';
import { instanceFilters, type InstanceFilter } from '#flow/instance-state';
import type { Operator } from '#flow/value';
import { Button } from '../_ui/button';
import { Icon } from '../_ui/icon';
import { Input } from '../_ui/input';
import { Popover } from '../_ui/popover';
import { Select } from '../_ui/select';
import styles from './data.module.css';
import { filterable, operatorsOf, type EntryFilter, type EntryQuery } from './entry-query';

type Props = { fields: readonly ComponentField[]; hasWorkflows: boolean; query: EntryQuery; onChange: (query: EntryQuery) => void };

/** Search and one chip per condition; a click on a chip removes it, "Filter" adds one. */
export function FilterBar({ fields, hasWorkflows, query, onChange }: Props) {
  const t = useTranslations('data');
  const stateWord = useStateWord();
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
      {query.states.length > 0 && (
        <button type="button" className={styles.chip} title={t('filter.remove')} onClick={() => onChange({ ...query, states: [] })}>
          <em>{t('filter.workflow')} {t('operator.equal')}</em>{query.states.map(stateWord).join(t('filter.or'))}<Icon name="x" size={12} />
        </button>
      )}
      <AddFilter fields={filterable(fields)} hasWorkflows={hasWorkflows} onAdd={(each) => onChange({ ...query, filters: [...query.filters, each] })}
        onState={(state) => onChange({ ...query, states: instanceFilters.filter((each) => each === state || query.states.includes(each)) })} />
    </div>
  );
}

/** Not the name of a field: they begin with a letter. */
const workflow = '$workflow';

type AddProps = { fields: readonly ComponentField[]; hasWorkflows: boolean; onAdd: (filter: EntryFilter) => void; onState: (state: string) => void };

function AddFilter({ fields, hasWorkflows, onAdd, onState }: AddProps) {
  const t = useTranslations('data');
  const stateWord = useStateWord();
  const [open, setOpen] = useState(false);
  const options = [...fields.map((each) => ({ value: each.name, label: each.title })), ...(hasWorkflows ? [{ value: workflow, label: t('filter.workflow') }] : [])];
  const [name, setName] = useState(options[0]?.value ?? '');
  const [operator, setOperator] = useState<Operator | null>(null);
  const [text, setText] = useState('');
  const field = fields.find((each) => each.name === name);
  if (!field && name !== workflow) return null;
  const operators = field ? operatorsOf(field) : (['equal'] as const);
  const chosen = operators.find((each) => each === operator) ?? operators[0] ?? 'equal';
  const choices = field
    ? (field.enum?.map((each) => ({ value: String(each.value), label: each.label || String(each.value) })) ?? (field.type === 'boolean' ? [{ value: 'true', label: t('cell.yes') }, { value: 'false', label: t('cell.no') }] : null))
    : instanceFilters.map((each) => ({ value: each, label: stateWord(each) }));
  const value = choices && !choices.some((each) => each.value === text) ? (choices[0]?.value ?? '') : text;
  const type = field?.type === 'date' || field?.type === 'time' ? field.type : field?.type === 'datetime' ? 'datetime-local' : 'text';
  return (
    <Popover open={open} onOpenChange={setOpen} label={t('filter.add')} className="w-64 p-3" trigger={<button type="button" className={styles.chip} data-dashed><Icon name="plus" size={12} />{t('filter.add')}</button>}>
      <form className="grid gap-2" onSubmit={(event) => {
        event.preventDefault();
        if (field) onAdd({ field: field.name, operator: chosen, text: value });
        else onState(value);
        setText('');
        setOpen(false);
      }}>
        <Select label={t('filter.field')} value={name} options={options} onChange={(next) => { setName(next); setText(''); }} />
        <Select label={t('filter.operator')} value={chosen} options={operators.map((each) => ({ value: each, label: t(`operator.${each}`) }))} onChange={(next) => setOperator(operators.find((each) => each === next) ?? null)} />
        {choices
          ? <Select label={t('filter.value')} value={value} options={choices} onChange={setText} />
          : <Input type={type} aria-label={t('filter.value')} placeholder={t('filter.value')} value={text} onChange={(event) => setText(event.target.value)} />}
        <Button variant="primary" type="submit">{t('filter.apply')}</Button>
      </form>
    </Popover>
  );
}

function useStateWord(): (state: InstanceFilter) => string {
  const t = useTranslations();
  return (state) => (state === 'none' ? t('data.filter.noWorkflow') : t(`inbox.instance.state.${state}`));
}
