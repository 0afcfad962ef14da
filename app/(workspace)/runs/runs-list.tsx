'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useCallback, useMemo, useRef } from 'react';
import type { RunSummary } from '#db/run-row';
import { api } from '../../_client/api';
import { useOpenRuns } from '../../_shell/open-runs';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { ErrorNote } from '../../_ui/error-note';
import { StatusMark } from '../../_ui/status-mark';
import { toast } from '../../_ui/toast';
import { RunRow } from './run-row';
import { addressOf, csvOf, filterOf, isNarrowed, noFilter, type RunsFilter } from './runs-filter';
import { RunsFilters, type Named } from './runs-filters';
import styles from './runs.module.css';
import { runsPath, useRuns, type RunsPage } from './use-runs';

type Props = { first: RunsPage; flows: readonly Named[]; people: readonly Named[]; me: string | null; canControl: boolean };
const exported = 1_000;

/** All runs, newest first, kept up to date; the filter stands in the address. */
export function RunsList({ first, flows, people, me, canControl }: Props) {
  const t = useTranslations('runs');
  const router = useRouter();
  const params = useSearchParams().toString();
  const filter = useMemo(() => filterOf(new URLSearchParams(params)), [params]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRuns(filter, first, useCallback(() => (scroller.current?.scrollTop ?? 0) > 40, []));
  const setFilter = useCallback((next: RunsFilter) => window.history.replaceState(null, '', addressOf(next)), []);
  const exportCsv = async (): Promise<void> => {
    const rows: RunSummary[] = [];
    for (let cursor: string | null = null; rows.length < exported; ) {
      const answer: Awaited<ReturnType<typeof api<RunsPage>>> = await api<RunsPage>(runsPath(filter, cursor, 200));
      if (!answer.ok) {
        toast.error(answer.failure.message);
        return;
      }
      rows.push(...answer.data.items);
      cursor = answer.data.nextCursor;
      if (cursor === null) break;
    }
    download(csvOf(['run', 'status', 'warnings', 'flow', 'version', 'trigger', 'started by', 'created', 'started', 'finished', 'steps done', 'steps', 'items', 'error', 'id'], rows.map((run) => [
      run.shortName, run.status, run.warnings, run.flowName, run.version ?? 'draft', run.trigger, run.startedBy.name, run.createdAt, run.startedAt, run.finishedAt, run.stepsDone, run.stepsTotal, run.itemsOut, run.error?.code ?? null, run.id,
    ])));
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <OpenCounts onChoose={(status) => setFilter({ ...noFilter, status })} />
        <Button icon="download" onClick={() => void exportCsv()}>{t('export')}</Button>
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

function download(csv: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff', csv], { type: 'text/csv' }));
  link.download = `runs-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
