'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo, useRef } from 'react';
import type { RunSummary } from '#db/run-row';
import { runCells, runColumns } from '#db/run-table';
import { byteOrderMark, csvRows } from '#flow/csv';
import { api } from '../../_client/api';
import { saveFile } from '../../_client/save-file';
import { usePrepareExport } from '../../_exports/prepare-export';
import { formatCount, localeOf } from '../../_run/duration';
import { useOpenRuns } from '../../_shell/open-runs';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { ErrorNote } from '../../_ui/error-note';
import { Menu } from '../../_ui/menu';
import { StatusMark } from '../../_ui/status-mark';
import { toast } from '../../_ui/toast';
import { RunRow } from './run-row';
import { addressOf, filterOf, isNarrowed, noFilter, queryOf, type RunsFilter } from './runs-filter';
import { RunsFilters, type Named } from './runs-filters';
import styles from './runs.module.css';
import { runsPath, useRuns, type RunsPage } from './use-runs';

type Props = { first: RunsPage; flows: readonly Named[]; people: readonly Named[]; me: string | null; canControl: boolean };
/** Saved at once; longer lists are prepared as a file. */
const mostAtOnce = 1_000;

/** All runs, newest first, kept up to date; the filter stands in the address. */
export function RunsList({ first, flows, people, me, canControl }: Props) {
  const t = useTranslations('runs');
  const locale = localeOf(useLocale());
  const router = useRouter();
  const params = useSearchParams().toString();
  const filter = useMemo(() => filterOf(new URLSearchParams(params)), [params]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRuns(filter, first, useCallback(() => (scroller.current?.scrollTop ?? 0) > 40, []));
  const setFilter = useCallback((next: RunsFilter) => window.history.replaceState(null, '', addressOf(next)), []);
  const { prepare, busy } = usePrepareExport();
  const prepareAll = () => void prepare({ kind: 'runs', ...requestOf(filter) });
  const exportCsv = async (): Promise<void> => {
    const rows: RunSummary[] = [];
    let cursor: string | null = null;
    while (rows.length < mostAtOnce) {
      const answer: Awaited<ReturnType<typeof api<RunsPage>>> = await api<RunsPage>(runsPath(filter, cursor, 200));
      if (!answer.ok) {
        toast.error(answer.failure.message);
        return;
      }
      rows.push(...answer.data.items);
      cursor = answer.data.nextCursor;
      if (cursor === null) break;
    }
    saveFile(`runs-${new Date().toISOString().slice(0, 10)}.csv`, `${byteOrderMark}${csvRows([runColumns, ...rows.map(runCells)])}`, 'text/csv');
    if (cursor !== null) toast.info(t('exportCut', { count: formatCount(rows.length, locale) }), { action: { label: t('exportAll'), onClick: prepareAll } });
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <OpenCounts onChoose={(status) => setFilter({ ...noFilter, status })} />
        <Menu align="end" label={t('export')} trigger={<Button icon="download" disabled={busy}>{t('export')}</Button>} items={[
          { label: t('exportNow', { count: formatCount(mostAtOnce, locale) }), icon: 'download', onSelect: () => void exportCsv() }, { label: t('exportAll'), icon: 'file-down', onSelect: prepareAll },
          { separator: true }, { label: t('exports'), icon: 'folder', href: '/exports' },
        ]} />
      </header>
      <RunsFilters filter={filter} flows={flows} people={people} me={me} onChange={setFilter} />
      <div className={styles.scroll} ref={scroller}>
        {list.waiting.length > 0 && <div className={styles.fresh}><Button size="sm" variant="primary" icon="arrow-up" onClick={() => { list.showWaiting(); scroller.current?.scrollTo({ top: 0 }); }}>{t('fresh', { count: list.waiting.length })}</Button></div>}
        {list.failure && <ErrorNote title={t('failed')} action={<Button size="sm" onClick={list.reload}>{t('retry')}</Button>}>{list.failure}</ErrorNote>}
        {list.items.length === 0 && !list.loading && !list.failure && (isNarrowed(filter)
          ? <Empty title={t('noMatch')} why={t('noMatchWhy')} action={<Button onClick={() => setFilter(noFilter)}>{t('clear')}</Button>} />
          : <Empty title={t('none')} why={t('noneWhy')} action={<Button onClick={() => router.push('/')}>{t('toFlows')}</Button>} />)}
        {list.items.length > 0 && (
          <table className={styles.table} aria-label={t('title')} aria-busy={list.loading}>
            <thead><tr>{(['status', 'flow', 'startedBy', 'started', 'steps', 'items', 'took'] as const).map((key) => <th key={key} scope="col" data-column={key}>{t(`column.${key}`)}</th>)}<th data-column="acts"><span className="sr-only">{t('column.acts')}</span></th></tr></thead>
            <tbody>{list.items.map((run) => <RunRow key={run.id} run={run} me={me} canControl={canControl} />)}</tbody>
          </table>
        )}
      </div>
      <footer className={styles.footer}>
        <span>{t('shown', { count: list.items.length })}</span>
        {list.nextCursor !== null && <button type="button" disabled={list.loading} onClick={list.more}>{t('more')}</button>}
        <span className={styles.live}><StatusMark status="running" size={12} still />{t('live')}</span>
      </footer>
    </div>
  );
}

const counted = ['running', 'waiting', 'paused', 'queued'] as const;

/** How many runs are going on. */
function OpenCounts({ onChoose }: { onChoose: (status: (typeof counted)[number]) => void }) {
  const t = useTranslations('runs');
  const { open } = useOpenRuns();
  return (
    <span className={styles.counts}>
      {counted.map((status) => {
        const count = open.filter((run) => run.status === status).length;
        return count > 0 && <button key={status} type="button" onClick={() => onChoose(status)}><StatusMark status={status} size={13} /><b>{count}</b>{t(`count.${status}`)}</button>;
      })}
    </span>
  );
}

/** The filter as POST /exports takes it: a time counts from now, as in the list. */
function requestOf(filter: RunsFilter) {
  const { status, ...rest } = queryOf(filter, Date.now());
  return { ...rest, ...(status ? { status: [status] } : {}) };
}
