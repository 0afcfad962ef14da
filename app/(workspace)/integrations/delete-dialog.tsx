'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { IntegrationUse } from '#db/integration-uses';
import { api } from '../../_client/api';
import { ConfirmDialog } from '../../_ui/confirm-dialog';
import { toast } from '../../_ui/toast';

const mostShown = 8;

/** Says which flows would break before anything is gone. */
export function DeleteDialog({ kind, id, name, onClose }: { kind: 'system' | 'connector' | 'endpoint'; id: string; name: string; onClose: () => void }) {
  const t = useTranslations('integrations');
  const [uses, setUses] = useState<readonly IntegrationUse[] | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let left = false;
    void api<{ items: IntegrationUse[] }>(`/${kind}s/${id}/uses`).then((answer) => { if (!left) setUses(answer.ok ? answer.data.items : []); });
    return () => { left = true; };
  }, [kind, id]);
  const remove = async () => {
    setBusy(true);
    const answer = await api(`/${kind}s/${id}`, { method: 'DELETE' });
    if (answer.ok) toast.success(t('deleted', { name }));
    else toast.error(answer.failure.message);
    onClose();
  };
  return (
    <ConfirmDialog open danger busy={busy || uses === null} onClose={onClose} onConfirm={() => void remove()} title={t('deleteTitle', { name })} description={t(`deleteText.${kind}`)} confirmLabel={t('delete')}>
      {uses !== null && uses.length === 0 && <p className="text-xs text-muted">{t('unused')}</p>}
      {uses !== null && uses.length > 0 && (
        <div className="rounded-2 bg-status-failed-soft p-3 text-xs">
          <p className="font-strong text-status-failed">{t('breaks', { count: uses.length })}</p>
          <ul className="mt-1 list-disc pl-4">{uses.slice(0, mostShown).map((use) => <li key={use.flowId}>{use.name}: {use.steps.join(', ')}{use.published && ` (${t('published')})`}</li>)}</ul>
          {uses.length > mostShown && <p className="mt-1">{t('andMore', { count: uses.length - mostShown })}</p>}
        </div>
      )}
    </ConfirmDialog>
  );
}
