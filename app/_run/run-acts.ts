'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { shortRunName } from '#flow/id';
import { api } from '../_client/api';
import { toast } from '../_ui/toast';

type Act = 'cancel' | 'pause' | 'unpause' | 'resume' | 'rerun';
const said = { cancel: 'toast.cancelled', pause: 'toast.paused', unpause: 'toast.resumed', resume: 'toast.resumed', rerun: 'toast.rerun' } as const;

/** Asks the API for one act on a run and says what came of it. A new run is offered to watch. */
export function useRunActs(runId: string): { busy: Act | null; act: (act: Act, body?: { fromStep?: string; version?: number }) => Promise<void> } {
  const t = useTranslations('run');
  const router = useRouter();
  const [busy, setBusy] = useState<Act | null>(null);
  const act = async (what: Act, body: { fromStep?: string; version?: number } = {}): Promise<void> => {
    setBusy(what);
    const answer = await api<{ runId: string }>(`/runs/${runId}/${what}`, { method: 'POST', body });
    setBusy(null);
    if (!answer.ok) {
      toast.error(answer.failure.message);
      return;
    }
    const other = answer.data.runId;
    const watch = other === runId ? {} : { action: { label: t('toast.watch'), onClick: () => router.push(`/runs/${other}`) } };
    toast.success(t(said[what], { name: shortRunName(other) }), watch);
  };
  return { busy, act };
}
