'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { api } from '../../../../_client/api';
import { formatCount, localeOf } from '../../../../_run/duration';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

type Counts = { itemsIn: number | null; itemsOut: number | null };

/** How many of its items the step gave on in the run that samples are taken from, with the way to them. Only for steps that leave items out. */
export function KeptItems({ onSample }: { onSample: () => void }) {
  const { step, type } = usePanel();
  const t = useTranslations('panel');
  const locale = localeOf(useLocale());
  const counts = useCounts(keepers.has(type.id) ? step.id : null);
  if (!counts?.itemsIn || counts.itemsOut === null) return null;
  const part = `${(100 * counts.itemsOut) / counts.itemsIn}%`;
  return (
    <div className={styles.kept}>
      <p>{t.rich('kept', { out: formatCount(counts.itemsOut, locale), all: formatCount(counts.itemsIn, locale), b: (text) => <b className="num">{text}</b> })}<button type="button" onClick={onSample}>{t('sample')}</button></p>
      <span className={styles.meter} aria-hidden><i style={{ inlineSize: part }} /></span>
    </div>
  );
}

const keepers = new Set(['filter-source', 'distinct']);

/** The counts of every step of a run that ended, read once a run. */
const read = new Map<string, Record<string, Counts>>();

function useCounts(stepId: string | null): Counts | null {
  const { sampleRunId } = useEditor();
  const [, refresh] = useState(0);
  useEffect(() => {
    if (stepId === null || sampleRunId === null || read.has(sampleRunId)) return;
    const stop = new AbortController();
    void api<{ finishedAt: string | null; steps: Record<string, Counts> }>(`/runs/${sampleRunId}`, { signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted || !answer.ok || answer.data.finishedAt === null) return;
      read.set(sampleRunId, answer.data.steps);
      refresh((count) => count + 1);
    }, () => undefined);
    return () => stop.abort();
  }, [stepId, sampleRunId]);
  return stepId === null || sampleRunId === null ? null : (read.get(sampleRunId)?.[stepId] ?? null);
}
