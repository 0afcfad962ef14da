'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import type { VersionSummary, VersionView } from '#db/versions';
import { diffDefinitions } from '#flow/diff';
import { api, type ApiFailure } from '../../../_client/api';
import { Badge } from '../../../_ui/badge';
import { Button } from '../../../_ui/button';
import { ConfirmDialog } from '../../../_ui/confirm-dialog';
import { Dialog } from '../../../_ui/dialog';
import { Empty } from '../../../_ui/empty';
import { RelativeTime } from '../../../_ui/relative-time';
import { Skeleton } from '../../../_ui/skeleton';
import { toast } from '../../../_ui/toast';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import { FailureNote } from './failure-note';

type Props = { open: boolean; onClose: () => void; mayPublish: boolean; onChanged: () => void };

/** The published versions, newest first: which one runs, and the way to another. */
export function VersionsDialog({ open, onClose, mayPublish, onChanged }: Props) {
  const t = useTranslations('editor');
  return <Dialog open={open} onClose={onClose} size="lg" title={t('versions')} description={t('versionsWhy')}>{open && <List mayPublish={mayPublish} onChanged={onChanged} />}</Dialog>;
}

type Wish = { kind: 'rollback'; to: VersionSummary; changes: number | null } | { kind: 'unpublish'; from: VersionSummary };

function List({ mayPublish, onChanged }: Pick<Props, 'mayPublish' | 'onChanged'>) {
  const { flowId } = useEditor();
  const t = useTranslations('editor');
  const [versions, setVersions] = useState<VersionSummary[] | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [wish, setWish] = useState<Wish | null>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async (signal?: AbortSignal) => {
    const answer = await api<{ items: VersionSummary[] }>(`/flows/${flowId}/versions?limit=200`, signal ? { signal } : {});
    if (answer.ok) setVersions(answer.data.items);
    else setFailure(answer.failure);
  }, [flowId]);
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [load]);
  if (failure) return <FailureNote failure={failure} />;
  if (!versions) return <Skeleton lines={4} className="py-2" />;
  if (versions.length === 0) return <Empty title={t('noVersions')} why={t('noVersionsWhy')} className="py-2" />;
  const current = versions.find((version) => version.published);
  const askRollback = async (to: VersionSummary): Promise<void> => {
    setWish({ kind: 'rollback', to, changes: null });
    if (!current) return;
    const [now, then] = await Promise.all([api<VersionView>(`/flows/${flowId}/versions/${current.number}`), api<VersionView>(`/flows/${flowId}/versions/${to.number}`)]);
    if (!now.ok || !then.ok) return;
    const diff = diffDefinitions(now.data.definition, then.data.definition);
    setWish({ kind: 'rollback', to, changes: diff.steps.length + diff.stages.length + diff.settings.length });
  };
  const carryOut = async (asked: Wish): Promise<void> => {
    setBusy(true);
    const answer = asked.kind === 'rollback' ? await api(`/flows/${flowId}/rollback`, { method: 'POST', body: { version: asked.to.number } }) : await api(`/flows/${flowId}/unpublish`, { method: 'POST' });
    setBusy(false);
    setWish(null);
    if (!answer.ok) return setFailure(answer.failure);
    toast.success(asked.kind === 'rollback' ? t('rollback.done', { version: asked.to.number }) : t('unpublish.done'));
    await load();
    onChanged();
  };
  return (
    <>
      <ul className={styles.changes}>
        {versions.map((version) => (
          <li key={version.number}>
            <div><b>{t('version', { number: version.number })}</b> {version.published && <Badge tone="accent">{t('current')}</Badge>}{version.message && <p>{version.message}</p>}</div>
            <span className={styles.authors}>{version.createdBy?.name} <RelativeTime at={version.createdAt} /></span>
            <span className={styles.versionActs}>
              <Link href={`/flows/${flowId}/history?at=${version.seq}`} aria-label={t('showVersion', { version: version.number })}>{t('show')}</Link>
              {mayPublish && (version.published
                ? <Button size="sm" onClick={() => setWish({ kind: 'unpublish', from: version })}>{t('unpublish.unpublish')}</Button>
                : <Button size="sm" aria-label={t('rollback.to', { version: version.number })} onClick={() => void askRollback(version)}>{t('rollback.rollback')}</Button>)}
            </span>
          </li>
        ))}
      </ul>
      {wish?.kind === 'rollback' && (
        <ConfirmDialog open onClose={() => setWish(null)} onConfirm={() => void carryOut(wish)} busy={busy} confirmLabel={t('rollback.confirm')} title={t('rollback.title', { version: wish.to.number })}
          description={<>{current ? t('rollback.instead', { version: wish.to.number, current: current.number }) : t('rollback.again', { version: wish.to.number })}{' '}{wish.changes !== null && t('rollback.changes', { count: wish.changes })} {t('rollback.safe')}</>} />
      )}
      {wish?.kind === 'unpublish' && (
        <ConfirmDialog open danger onClose={() => setWish(null)} onConfirm={() => void carryOut(wish)} busy={busy} confirmLabel={t('unpublish.unpublish')} title={t('unpublish.title', { version: wish.from.number })} description={t('unpublish.why')} />
      )}
    </>
  );
}
