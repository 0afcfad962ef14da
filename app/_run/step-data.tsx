'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { isJsonObject, type Json } from '#flow/json';
import type { StepState } from '#flow/run-state';
import { IconButton } from '../_ui/icon-button';
import { Segmented } from '../_ui/segmented';
import { Skeleton } from '../_ui/skeleton';
import { formatCount, localeOf } from './duration';
import { columnsOf, JsonScalar, JsonTree } from './json-value';
import styles from './step-data.module.css';
import { useStepItems } from './use-step-items';

type Props = {
  runId: string;
  stepId: string;
  step: StepState | undefined;
  side: 'in' | 'out';
  /** Points at the item and the path that failed; shows that item alone. */
  fault?: { itemIndex: number; path?: string | undefined } | undefined;
};

const pageSize = 50;

/** The recorded items of one side of a step: paged, as a table or a tree, secrets already masked by the server. */
export function StepData({ runId, stepId, step, side, fault }: Props) {
  const t = useTranslations('run');
  const locale = localeOf(useLocale());
  const [view, setView] = useState<'table' | 'tree'>('table');
  const limit = fault ? 1 : pageSize;
  const [offset, setOffset] = useState(fault?.itemIndex ?? 0);
  const [find, setFind] = useState('');
  const found = useStepItems(runId, stepId, side, { offset, limit }, `${step?.status}/${step?.attempt}/${step?.iteration}`);
  if (found.state === 'failed') {
    return <div className={styles.note} role="alert"><p>{t('items.failed', { message: found.message })}</p><button type="button" onClick={found.retry}>{t('items.retry')}</button></div>;
  }
  if (found.state === 'loading') return <div className={styles.note}><Skeleton lines={5} /></div>;
  const { items, total } = found;
  if (total === 0) return <p className={styles.note}>{step && step.status !== 'pending' ? t('items.none') : t('items.notYet')}</p>;
  const wanted = find.trim().toLowerCase();
  const shown = items.map((item, index) => ({ item, index: offset + index })).filter(({ item }) => wanted === '' || JSON.stringify(item).toLowerCase().includes(wanted));
  const columns = columnsOf(items);
  const count = (value: number) => formatCount(value, locale);
  return (
    <div className={styles.data}>
      <div className={styles.bar}>
        {!fault && <input value={find} onChange={(event) => setFind(event.target.value)} placeholder={t('items.find')} aria-label={t('items.find')} />}
        <Segmented label={t('view.label')} value={view} onChange={setView} options={[{ value: 'table', label: t('view.table') }, { value: 'tree', label: t('view.tree') }]} />
        <span className={styles.range}>{fault ? t('items.one', { at: count(offset + 1), total: count(total) }) : t('items.range', { from: count(offset + 1), to: count(offset + items.length), total: count(total) })}</span>
        <IconButton label={t('items.previous')} icon="chevron-left" size="sm" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - limit))} />
        <IconButton label={t('items.next')} icon="chevron-right" size="sm" disabled={offset + items.length >= total} onClick={() => setOffset(offset + limit)} />
      </div>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t(`side.${side}`)}>
        {view === 'tree' || columns === null
          ? shown.map(({ item, index }) => <JsonTree key={index} value={item} name={String(index + 1)} bad={fault?.itemIndex === index ? (fault.path ?? '') : undefined} />)
          : shown.length === 1 && total === 1 || fault
            ? shown.map(({ item, index }) => <KeyValues key={index} item={item} bad={fault?.itemIndex === index ? fault.path : undefined} />)
            : <ItemTable rows={shown} columns={columns} />}
      </div>
    </div>
  );
}

function ItemTable({ rows, columns }: { rows: { item: Json; index: number }[]; columns: string[] }) {
  return (
    <table className={styles.table}>
      <thead><tr><th scope="col">#</th>{columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
      <tbody>
        {rows.map(({ item, index }) => (
          <tr key={index}><th scope="row">{index + 1}</th>{columns.map((column) => <td key={column} title={cellTitle(item, column)}><JsonScalar value={isJsonObject(item) ? item[column] : undefined} /></td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}

/** One item, key by key: nested values fold. A bad path is looked up from its first key. */
function KeyValues({ item, bad }: { item: Json; bad?: string | undefined }) {
  if (!isJsonObject(item)) return <JsonTree value={item} />;
  return <div className={styles.tree}>{Object.entries(item).map(([key, value]) => <JsonTree key={key} name={key} path={key} value={value} bad={bad} />)}</div>;
}

function cellTitle(item: Json, column: string): string | undefined {
  const value = isJsonObject(item) ? item[column] : undefined;
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 1) : undefined;
}
