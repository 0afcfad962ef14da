'use client';
import { useTranslations } from 'next-intl';
import { useRef } from 'react';
import type { FlowEdit } from '#db/flow-history';
import { api } from '../../../_client/api';
import { useChanges } from '../../../_client/run-stream';
import { toast } from '../../../_ui/toast';

/** A colleague's restore is an edit like any other, but may take back one's own work: it is announced, with the way back. */
export function useRestoreNotice(flowId: string, me: string, nameOf: (stepId: string) => string | undefined, mayUndo: boolean): void {
  const t = useTranslations('editor');
  const told = useRef(0);
  const undo = async (edit: FlowEdit): Promise<void> => {
    const [only, ...others] = edit.stepIds;
    const answer = await api(`/flows/${flowId}/restore`, { method: 'POST', body: { seq: edit.firstSeq - 1, ...(only !== undefined && others.length === 0 ? { stepId: only } : {}), ifSeq: edit.seq } });
    if (answer.ok) toast.success(t('restored.undone'));
    else toast.error(answer.failure.message);
  };
  useChanges([{ topic: 'history', objectId: flowId }], (changes) => {
    if (changes.length === 0) return;
    void api<{ items: FlowEdit[] }>(`/flows/${flowId}/history?limit=1`).then((answer) => {
      const edit = answer.ok ? answer.data.items[0] : undefined;
      if (edit?.kind !== 'restore' || edit.author?.id === me || edit.seq <= told.current) return;
      told.current = edit.seq;
      const [only, ...others] = edit.stepIds;
      const name = only !== undefined && others.length === 0 ? nameOf(only) : undefined;
      const by = edit.author?.name ?? t('away.program');
      toast.info(name === undefined ? t('restored.flow', { by }) : t('restored.step', { by, name }), { sticky: true, ...(mayUndo ? { action: { label: t('undo'), onClick: () => void undo(edit) } } : {}) });
    });
  });
}
