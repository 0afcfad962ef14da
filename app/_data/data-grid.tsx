'use client';
import { useTranslations } from 'next-intl';
import { memo, useEffect, useRef, type KeyboardEvent } from 'react';
import type { InstanceView } from '#db/instances';
import type { ComponentField, EntryModel } from '#flow/component-model';
import { InstanceBadge } from '../_inbox/instance-badge';
import { Avatar } from '../_ui/avatar';
import { Checkbox } from '../_ui/checkbox';
import { Icon } from '../_ui/icon';
import { RelativeTime } from '../_ui/relative-time';
import { Cell, isRight } from './cell';
import styles from './data.module.css';
import { toggleSort } from './entry-query';

type Props = {
  title: string;
  fields: readonly ComponentField[];
  entries: readonly EntryModel[];
  fresh: ReadonlySet<number>;
  sort: { value: string; onChange: (sort: string) => void };
  selection: { ids: ReadonlySet<number>; onChange: (ids: ReadonlySet<number>) => void };
  /** The newest workflow instance of each entry; no column while there is none. */
  instances: ReadonlyMap<number, InstanceView>;
  openId: number | null;
  onOpen: (entryId: number) => void;
  onEnd: () => void;
};

/** Entries as rows: sorted by their heads (Shift adds a column), walked with the arrows, opened with Enter. */
export function DataGrid({ title, fields, entries, fresh, sort, selection, instances, openId, onOpen, onEnd }: Props) {
  const t = useTranslations('data');
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (!mark) return;
    const watcher = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && onEnd(), { rootMargin: '400px' });
    watcher.observe(mark);
    return () => watcher.disconnect();
  }, [onEnd]);
  const shown = fields.filter((field) => !field.virtual);
  const all = entries.length > 0 && entries.every((entry) => selection.ids.has(entry.id));
  const head = (name: string, label: string, right = false) => <Head key={name} name={name} label={label} right={right} sort={sort.value} onSort={(add) => sort.onChange(toggleSort(sort.value, name, add))} />;
  const { ids, onChange } = selection;
  const toggle = (id: number) => onChange(new Set(ids.has(id) ? [...ids].filter((each) => each !== id) : [...ids, id]));
  return (
    <div className={styles.scroll} tabIndex={-1}>
      <table className={styles.grid} aria-label={title}>
        <thead>
          <tr>
            <th className={styles.check}><Checkbox label={t('grid.selectAll')} checked={all} onChange={() => onChange(new Set(all ? [] : entries.map((entry) => entry.id)))} /></th>
            {head('id', t('column.id'), true)}{head('name', t('column.name'))}
            {shown.map((field) => (field.type === 'array' || field.type === 'file' ? <th key={field.name} scope="col">{field.title}</th> : head(field.name, field.title, isRight(field))))}
            {instances.size > 0 && <th scope="col">{t('column.workflow')}</th>}
            {head('updateDate', t('column.changed'))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <Row key={entry.id} entry={entry} instance={instances.size > 0 ? (instances.get(entry.id) ?? null) : undefined} fields={shown} first={index === 0} fresh={fresh.has(entry.id)} selected={ids.has(entry.id)} open={entry.id === openId} onOpen={onOpen} onToggle={toggle} />
          ))}
        </tbody>
      </table>
      <div ref={end} style={{ height: 1 }} />
    </div>
  );
}

function Head({ name, label, right, sort, onSort }: { name: string; label: string; right: boolean; sort: string; onSort: (add: boolean) => void }) {
  const keys = sort.split(',');
  const direction = keys.includes(name) ? 'ascending' : keys.includes(`-${name}`) ? 'descending' : undefined;
  return (
    <th scope="col" className={right ? styles.right : undefined} aria-sort={direction}>
      <button type="button" onClick={(event) => onSort(event.shiftKey)}>{label}{direction && <Icon name={direction === 'ascending' ? 'arrow-up' : 'arrow-down'} size={11} />}</button>
    </th>
  );
}

type RowProps = { entry: EntryModel; instance: InstanceView | null | undefined; fields: readonly ComponentField[]; first: boolean; fresh: boolean; selected: boolean; open: boolean; onOpen: (id: number) => void; onToggle: (id: number) => void };

const Row = memo(function Row({ entry, instance, fields, first, fresh, selected, open, onOpen, onToggle }: RowProps) {
  const t = useTranslations('data');
  const name = entry.name || `#${entry.id}`;
  return (
    <tr tabIndex={first || open ? 0 : -1} data-selected={open || selected || undefined} data-fresh={fresh || undefined} onClick={() => onOpen(entry.id)} onKeyDown={(event) => walk(event, { open: () => onOpen(entry.id), toggle: () => onToggle(entry.id) })}>
      <td className={styles.check} onClick={(event) => event.stopPropagation()}><Checkbox label={t('grid.select', { name })} checked={selected} onChange={() => onToggle(entry.id)} /></td>
      <td className={`${styles.id} ${styles.right}`}>{entry.id}</td>
      <td className={styles.name}>{name}</td>
      {fields.map((field, index) => <td key={field.name} className={isRight(field) ? styles.right : undefined} data-brief={index < 3 || undefined}><Cell field={field} value={entry.data[field.name]} /></td>)}
      {instance !== undefined && <td data-brief={instance !== null || undefined}>{instance && <InstanceBadge instance={instance} />}</td>}
      <td data-brief><span className={styles.who}>{entry.changeAuthor && <Avatar user={{ id: String(entry.changeAuthor.id), name: entry.changeAuthor.name ?? '' }} size={16} decorative />}{entry.updateDate && <RelativeTime at={entry.updateDate} />}</span></td>
    </tr>
  );
});

function walk(event: KeyboardEvent<HTMLTableRowElement>, acts: { open: () => void; toggle: () => void }): void {
  if (event.target !== event.currentTarget) return;
  const row = event.currentTarget;
  const to = event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : event.key === 'Home' ? row.parentElement?.firstElementChild : event.key === 'End' ? row.parentElement?.lastElementChild : null;
  if (to instanceof HTMLElement) to.focus();
  else if (event.key === 'Enter') acts.open();
  else if (event.key === ' ') acts.toggle();
  else return;
  event.preventDefault();
}
