'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import type { InstanceView, Transition } from '#db/instances';
import { shortRunName } from '#flow/id';
import { instanceStates } from '#flow/instance-state';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { useRestart } from '../_run/restart';
import { Button } from '../_ui/button';
import { RelativeTime } from '../_ui/relative-time';
import { StatusWord } from '../_ui/status-word';
import { toast } from '../_ui/toast';
import { instanceShapes } from './instance-state';

/** The workflows that work or worked on an entry: where they stand, what can be done about it, and how they came there. */
export function EntryInstances({ componentId, entryId, canRun }: { componentId: string; entryId: number; canRun: boolean }) {
  const t = useTranslations('inbox.instance');
  const [instances, setInstances] = useState<readonly InstanceView[]>([]);
  const read = useCallback(async () => {
    const answer = await api<{ items: InstanceView[] }>(`/components/${componentId}/instances?entryId=${entryId}&limit=10`);
    if (answer.ok) setInstances(answer.data.items);
  }, [componentId, entryId]);
  useEffect(() => void read(), [read]);
  useChanges([{ topic: 'instance' }], () => void read());
  if (instances.length === 0) return null;
  return (
    <section aria-label={t('title')} className="mt-5">
      <h3 className="mb-1 text-xs font-strong">{t('title')}</h3>
      <ul>{instances.map((each) => <Instance key={each.id} instance={each} canRun={canRun} />)}</ul>
    </section>
  );
}

function Instance({ instance, canRun }: { instance: InstanceView; canRun: boolean }) {
  const t = useTranslations('inbox.instance');
  const state = instanceStates.find((each) => each === instance.state) ?? 'draft';
  const [newest] = instance.runs;
  const act = async (path: string, done: string) => {
    const answer = await api<unknown>(path, { method: 'POST', body: {} });
    if (answer.ok) toast.success(done);
    else toast.error(answer.failure.message);
  };
  const flow = instance.flowName;
  return (
    <li className="border-t border-line py-2 first:border-t-0">
      <div className="flex items-center gap-2"><span className="min-w-0 truncate font-medium">{flow}</span><StatusWord status={instanceShapes[state]} size={13}>{t(`state.${state}`)}</StatusWord><span className="num ml-auto flex-none text-xs text-muted">{t('attempt', { attempt: instance.attempt })}</span></div>
      {canRun && (
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          {state === 'failed' && newest && <Restart runId={newest} />}
          {state !== 'draft' && state !== 'running' && <Button size="sm" icon="rotate-ccw" onClick={() => void act(`/instances/${instance.id}/reset`, t('resetDone', { flow }))}>{t('reset')}</Button>}
          {(state === 'running' || state === 'waiting') && newest && <Button size="sm" variant="ghost" icon="square" onClick={() => void act(`/runs/${newest}/cancel`, t('cancelDone', { flow }))}>{t('cancel')}</Button>}
        </div>
      )}
      <details className="mt-1 text-xs"><summary className="text-muted">{t('history')}</summary><Moves instanceId={instance.id} version={instance.updatedAt} /></details>
    </li>
  );
}

function Restart({ runId }: { runId: string }) {
  const t = useTranslations('inbox.instance');
  const { busy, restart, dialog } = useRestart(runId);
  return <><Button size="sm" icon="rotate-cw" disabled={busy} onClick={() => void restart('resume')}>{t('restart')}</Button>{dialog}</>;
}

const reasons = ['started', 'restarted', 'resumed', 'waits', 'finished', 'reset_step', 'reset', 'failed', 'cancelled'] as const;

function Moves({ instanceId, version }: { instanceId: string; version: string }) {
  const t = useTranslations('inbox.instance');
  const [moves, setMoves] = useState<readonly Transition[]>([]);
  useEffect(() => {
    let left = false;
    void api<{ items: Transition[] }>(`/instances/${instanceId}/transitions?limit=50`).then((answer) => answer.ok && !left && setMoves(answer.data.items));
    return () => {
      left = true;
    };
  }, [instanceId, version]);
  return (
    <ol className="mt-1 grid gap-1.5">
      {moves.map((move) => {
        const to = instanceStates.find((each) => each === move.to) ?? 'draft';
        const reason = reasons.find((each) => each === move.reason) ?? 'resumed';
        return (
          <li key={`${move.at}${move.to}`} className="flex flex-wrap items-center gap-x-2">
            <StatusWord status={instanceShapes[to]} size={12}>{t(`state.${to}`)}</StatusWord>
            <span className="text-muted">{[t(`reason.${reason}`), move.stepName === null ? '' : t('at', { step: move.stepName }), move.actor === null ? '' : t('by', { name: move.actor.name })].filter((each) => each !== '').join(' ')}, {t('attempt', { attempt: move.attempt })}, <RelativeTime at={move.at} /></span>
            {move.runId !== null && <Link href={`/runs/${move.runId}`} className="words-link num">{shortRunName(move.runId)}</Link>}
          </li>
        );
      })}
    </ol>
  );
}
