'use client';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import type { FlowEdit } from '#db/flow-history';
import { diffDefinitions, isEmptyDiff } from '#flow/diff';
import type { FlowDefinition } from '#flow/flow';
import { api } from '../../../_client/api';
import { ConfirmDialog } from '../../../_ui/confirm-dialog';
import { toast } from '../../../_ui/toast';
import { authorsOf } from './moments';

export type RestoreWish = { seq: number; name: string; step: { id: string; name: string } | null };
type Props = { flowId: string; wish: RestoreWish; head: number; now: FlowDefinition; then: FlowDefinition; edits: readonly FlowEdit[]; me: string | null; onClose: () => void; onDone: () => void };

/** Says what will change and whose work that is before anything does; offers the way back afterwards. */
export function RestoreDialog({ flowId, wish, head, now, then, edits, me, onClose, onDone }: Props) {
  const t = useTranslations('history');
  const [busy, setBusy] = useState(false);
  const diff = useMemo(() => diffDefinitions(now, then), [now, then]);
  const steps = diff.steps.filter((each) => wish.step === null || each.stepId === wish.step.id);
  const others = diff.stages.length + diff.notes.length + diff.settings.length;
  const nothing = wish.step ? steps.length === 0 : isEmptyDiff(diff);
  const authors = authorsOf(edits.filter((each) => each.author?.id !== me), wish.seq, head);
  const restore = async (): Promise<void> => {
    setBusy(true);
    const answer = await send(flowId, { seq: wish.seq, stepId: wish.step?.id, ifSeq: head });
    setBusy(false);
    onClose();
    if (!answer.ok) return void toast.error(answer.failure.message);
    onDone();
    const text = wish.step ? t('restore.stepDone', { step: wish.step.name, name: wish.name }) : t('restore.done', { name: wish.name });
    toast.success(text, { sticky: true, action: { label: t('restore.undo'), onClick: () => void undo(answer.data.before) } });
  };
  const undo = async (before: number): Promise<void> => {
    const answer = await send(flowId, { seq: before, stepId: wish.step?.id });
    if (!answer.ok) return void toast.error(answer.failure.message);
    onDone();
    toast.success(t('restore.undone'));
  };
  const goesAway = wish.step !== null && steps[0]?.kind === 'removed';
  return (
    <ConfirmDialog
      open onClose={onClose} onConfirm={() => void restore()} busy={busy || nothing} confirmLabel={t(goesAway ? 'restore.remove' : 'restore.confirm')}
      title={wish.step ? t('restore.stepTitle', { step: wish.step.name, name: wish.name }) : t('restore.title', { name: wish.name })}
      description={nothing ? t('restore.nothing') : goesAway ? t('restore.goesAway') : t('restore.why')}
    >
      {!nothing && (
        <ul className="max-h-60 overflow-y-auto text-sm">
          {steps.slice(0, 30).map((each) => (
            <li key={each.stepId} className="flex gap-2 border-b border-line py-1.5 last:border-0">
              <span className="min-w-0 flex-1"><b className="font-strong">{each.name}</b> {t(`restore.${each.kind}`)}</span>
              {authors.has(each.stepId) && <span className="flex-none text-xs text-muted">{t('restore.replaces', { name: authors.get(each.stepId) ?? '' })}</span>}
            </li>
          ))}
          {(steps.length > 30 || (!wish.step && others > 0)) && <li className="py-1.5 text-muted">{t('restore.more', { count: Math.max(0, steps.length - 30) + (wish.step ? 0 : others) })}</li>}
        </ul>
      )}
    </ConfirmDialog>
  );
}

function send(flowId: string, body: { seq: number; stepId?: string | undefined; ifSeq?: number }) {
  return api<{ seq: number; before: number }>(`/flows/${flowId}/restore`, { method: 'POST', body });
}
