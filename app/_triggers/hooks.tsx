'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import type { HookView } from '#db/hooks';
import { api, type ApiFailure } from '../_client/api';
import { Badge } from '../_ui/badge';
import { ConfirmDialog } from '../_ui/confirm-dialog';
import { Empty } from '../_ui/empty';
import { IconButton } from '../_ui/icon-button';
import { Icon } from '../_ui/icon';
import { RelativeTime } from '../_ui/relative-time';
import { Skeleton } from '../_ui/skeleton';
import { toast } from '../_ui/toast';
import { HookSecretsShown, NewHook, type NewHookAnswer } from './new-hook';

/** The webhooks of a dataflow: their addresses are shown when made, afterwards only what tells them apart. */
export function Hooks({ flowId, published, canEdit }: { flowId: string; published: boolean; canEdit: boolean }) {
  const t = useTranslations('triggers');
  const [hooks, setHooks] = useState<readonly HookView[] | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [made, setMade] = useState<NewHookAnswer | null>(null);
  const [asked, setAsked] = useState<{ act: 'rotate' | 'revoke'; hook: HookView } | null>(null);
  const read = useCallback(async () => {
    const answer = await api<{ items: HookView[] }>(`/flows/${flowId}/hooks?limit=200`);
    if (answer.ok) setHooks(answer.data.items);
    else setFailure(answer.failure);
  }, [flowId]);
  useEffect(() => void read(), [read]);
  const act = async () => {
    if (!asked) return;
    const { hook } = asked;
    setAsked(null);
    if (asked.act === 'rotate') {
      const answer = await api<NewHookAnswer>(`/hooks/${hook.id}/rotate`, { method: 'POST' });
      if (answer.ok) setMade(answer.data);
      else toast.error(answer.failure.message);
    } else {
      const answer = await api<object>(`/hooks/${hook.id}`, { method: 'DELETE' });
      if (answer.ok) toast.success(t('hookRevoked', { name: hook.name }));
      else toast.error(answer.failure.message);
    }
    await read();
  };
  if (failure) return <p role="alert" className="text-sm text-danger">{failure.message}</p>;
  if (!hooks) return <Skeleton lines={3} />;
  if (made) return <HookSecretsShown made={made} onDone={() => setMade(null)} />;
  return (
    <div className="grid gap-4">
      {!published && <p className="flex items-start gap-2 rounded-2 bg-status-waiting-soft px-3 py-2 text-xs text-status-waiting"><Icon name="triangle-alert" size={14} />{t('hookNotPublished')}</p>}
      {hooks.length === 0 ? <Empty title={t('noHooks')} why={t('noHooksWhy')} className="py-0" /> : (
        <ul className="divide-y divide-line rounded-2 border border-line" aria-label={t('webhooks')}>
          {hooks.map((hook) => (
            <li key={hook.id} className="flex items-center gap-2.5 px-3 py-2">
              <span className="text-muted"><Icon name="webhook" size={16} /></span>
              <div className="min-w-0 flex-1">
                <p className="flex items-center gap-2 text-sm font-medium"><span className="truncate">{hook.name}</span>{hook.signed && <Badge icon="shield-check">{t('signed')}</Badge>}</p>
                <p className="truncate text-xs text-muted"><code className="mono">/hooks/{hook.prefix}…</code> · {hook.createdBy ? t('madeBy', { name: hook.createdBy.name }) : t('madeByKey')} · {hook.lastUsedAt ? <>{t('lastUsed')} <RelativeTime at={hook.lastUsedAt} /></> : t('neverUsed')}</p>
              </div>
              {canEdit && <IconButton label={t('rotateNamed', { name: hook.name })} icon="refresh-cw" onClick={() => setAsked({ act: 'rotate', hook })} />}
              {canEdit && <IconButton label={t('revokeNamed', { name: hook.name })} icon="trash-2" onClick={() => setAsked({ act: 'revoke', hook })} />}
            </li>
          ))}
        </ul>
      )}
      {canEdit && <NewHook flowId={flowId} onMade={(next) => { setMade(next); void read(); }} />}
      <ConfirmDialog open={asked !== null} danger onClose={() => setAsked(null)} onConfirm={() => void act()} title={t(asked?.act === 'rotate' ? 'rotateTitle' : 'revokeTitle', { name: asked?.hook.name ?? '' })} description={t(asked?.act === 'rotate' ? 'rotateText' : 'revokeText')} confirmLabel={t(asked?.act === 'rotate' ? 'rotate' : 'revoke')} />
    </div>
  );
}
