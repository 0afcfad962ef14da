'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect } from 'react';
import type { RunSummary } from '#db/run-row';
import { isEnded } from '#flow/run-state';
import { api } from '../../../_client/api';
import { useRun } from '../../../_client/run-stream';
import { formatDuration, localeOf } from '../../../_run/duration';
import { RunChips, triggerKey } from '../../../_run/run-chips';
import { useCalm } from '../../../_run/use-calm';
import { useNow } from '../../../_run/use-now';
import { Button } from '../../../_ui/button';
import { IconButton } from '../../../_ui/icon-button';
import { Switch } from '../../../_ui/switch';
import { toast } from '../../../_ui/toast';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import type { AttachedRun } from './use-attached-run';

/** Every run of the flow as it happens; the attached one with its progress. */
export function RunStrip({ run, mayControl, drawer, onDrawer }: { run: AttachedRun; mayControl: boolean; drawer: boolean; onDrawer: () => void }) {
  const t = useTranslations('editor');
  const { attached, runs } = run;
  // A run of a fraction of a second would come and go unseen: its chip stays for a minute.
  const live = runs.some((each) => each.finishedAt === null || Date.now() - Date.parse(each.finishedAt) < 60_000);
  useNow(live, 1_000);
  if (!attached && !live) return null;
  return (
    <div className={styles.strip} role="group" aria-label={t('runs')}>
      <RunChips runs={runs} attachedId={attached?.id ?? null} onAttach={run.attach} />
      <Switch checked={run.followNewest} onChange={run.setFollowNewest}>{t('followNewest')}</Switch>
      <span className={styles.grow} />
      {attached && (
        <>
          <Progress key={attached.id} run={attached} mayControl={mayControl} />
          <IconButton label={t('drawer')} icon="panel-bottom" size="sm" pressed={drawer} onClick={onDrawer} />
          <Button size="sm" onClick={run.detach}>{t('detach')}</Button>
        </>
      )}
    </div>
  );
}

/** Apart, so that an event draws only this part of the strip again. */
function Progress({ run, mayControl }: { run: RunSummary; mayControl: boolean }) {
  const { definition } = useEditor();
  const t = useTranslations('editor');
  const runWords = useTranslations('run');
  const locale = localeOf(useLocale());
  const { state } = useCalm(useRun(run.id));
  const moving = !isEnded(state.status);
  const now = useNow(moving);
  const total = run.stepsTotal || Object.keys(state.steps).length;
  const done = Object.values(state.steps).filter((step) => step.status === 'succeeded' || step.status === 'skipped').length;
  const title = moving ? `${done}/${total} · ${definition.name}` : null;
  useEffect(() => {
    if (title === null) return;
    const before = document.title;
    document.title = title;
    return () => { document.title = before; };
  }, [title]);
  const started = state.startedAt ?? state.requestedAt;
  const cancel = async () => {
    const answer = await api(`/runs/${run.id}/cancel`, { method: 'POST', body: {} });
    if (!answer.ok) toast.error(answer.failure.message);
  };
  return (
    <>
      {run.startedBy.name && <span className={styles.ahead}>{t('watching', { name: run.startedBy.name, trigger: runWords(`trigger.${triggerKey(run.trigger)}`) })}</span>}
      <span className={styles.vr} />
      <span className="num">{t('stepsDone', { done, total })}</span>
      {started && <span className="num text-muted">{formatDuration((state.finishedAt ? Date.parse(state.finishedAt) : now) - Date.parse(started), locale)}</span>}
      <span className={styles.vr} />
      {mayControl && moving && <Button size="sm" icon="square" disabled={state.cancelRequested} className="text-danger" onClick={() => void cancel()}>{t('cancelRun')}</Button>}
    </>
  );
}
