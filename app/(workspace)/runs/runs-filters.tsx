'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { runStatuses } from '#flow/run-state';
import { triggers } from '#flow/steps/capabilities';
import { triggerKey } from '../../_run/run-chips';
import { Button } from '../../_ui/button';
import { Icon } from '../../_ui/icon';
import { addressOf, noFilter, times, type RunsFilter } from './runs-filter';
import styles from './runs.module.css';
import { SavedFilters } from './saved-filters';

export type Named = { id: string; name: string };
type Props = { filter: RunsFilter; flows: readonly Named[]; people: readonly Named[]; me: string | null; onChange: (filter: RunsFilter) => void };

/** Search, one choice per condition, and filters kept by name. */
export function RunsFilters({ filter, flows, people, me, onChange }: Props) {
  const t = useTranslations('runs');
  const words = useTranslations('run');
  const [text, setText] = useState(filter.q);
  useEffect(() => setText(filter.q), [filter.q]);
  useEffect(() => {
    if (text === filter.q) return;
    const timer = setTimeout(() => onChange({ ...filter, q: text }), 250);
    return () => clearTimeout(timer);
  }, [text, filter, onChange]);
  const any = { value: '', label: t('any') };
  return (
    <div className={styles.filters} role="search">
      <div className={styles.search}><Icon name="search" size={14} /><input type="search" value={text} aria-label={t('search')} placeholder={t('search')} onChange={(event) => setText(event.target.value)} /></div>
      <Chip label={t('filter.time')} value={filter.time === 'all' ? '' : filter.time} options={times.map((time) => ({ value: time === 'all' ? '' : time, label: t(`time.${time}`) }))} onChange={(value) => onChange({ ...filter, time: times.find((time) => time === value) ?? 'all' })} />
      <Chip label={t('filter.status')} value={filter.status ?? ''} options={[any, ...runStatuses.map((status) => ({ value: status, label: words(`status.${status}`) }))]} onChange={(value) => onChange({ ...filter, status: runStatuses.find((status) => status === value) ?? null })} />
      <Chip label={t('filter.flow')} value={filter.flowId ?? ''} options={[any, ...flows.map(({ id, name }) => ({ value: id, label: name }))]} onChange={(value) => onChange({ ...filter, flowId: value || null })} />
      <Chip label={t('filter.startedBy')} value={filter.startedBy ?? ''} options={[any, ...people.map(({ id, name }) => ({ value: id, label: name }))]} onChange={(value) => onChange({ ...filter, startedBy: value || null })} />
      <Chip label={t('filter.trigger')} value={filter.trigger ?? ''} options={[any, ...triggers.map((trigger) => ({ value: trigger, label: words(`trigger.${triggerKey(trigger)}`) }))]} onChange={(value) => onChange({ ...filter, trigger: value || null })} />
      {addressOf(filter) !== addressOf(noFilter) && <Button size="sm" variant="ghost" onClick={() => onChange(noFilter)}>{t('clear')}</Button>}
      <SavedFilters filter={filter} me={me} onChoose={onChange} />
    </div>
  );
}

type ChipProps = { label: string; value: string; options: readonly { value: string; label: string }[]; onChange: (value: string) => void };

/** The browser's own choice inside a chip: right on every device. */
function Chip({ label, value, options, onChange }: ChipProps) {
  return (
    <label className={styles.chip} data-on={value !== '' || undefined}>
      <em>{label}</em>
      <select value={value} onChange={(event) => onChange(event.target.value)}>{options.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}</select>
      <Icon name="chevron-down" size={12} />
    </label>
  );
}
