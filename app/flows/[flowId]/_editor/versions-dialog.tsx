'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { VersionSummary } from '#db/versions';
import { api, type ApiFailure } from '../../../_client/api';
import { Badge } from '../../../_ui/badge';
import { Dialog } from '../../../_ui/dialog';
import { Empty } from '../../../_ui/empty';
import { RelativeTime } from '../../../_ui/relative-time';
import { Skeleton } from '../../../_ui/skeleton';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import { FailureNote } from './failure-note';

/** The published versions, newest first. */
export function VersionsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('editor');
  return <Dialog open={open} onClose={onClose} title={t('versions')}>{open && <List />}</Dialog>;
}

function List() {
  const { flowId } = useEditor();
  const t = useTranslations('editor');
  const [versions, setVersions] = useState<VersionSummary[] | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    api<{ items: VersionSummary[] }>(`/flows/${flowId}/versions?limit=100`, { signal: stop.signal }).then((answer) => { if (answer.ok) setVersions(answer.data.items); else setFailure(answer.failure); }, () => undefined);
    return () => stop.abort();
  }, [flowId]);
  if (failure) return <FailureNote failure={failure} />;
  if (!versions) return <Skeleton lines={4} className="py-2" />;
  if (versions.length === 0) return <Empty title={t('noVersions')} why={t('noVersionsWhy')} className="py-2" />;
  return (
    <ul className={styles.changes}>
      {versions.map((version) => (
        <li key={version.number}>
          <div><b>{t('version', { number: version.number })}</b> {version.published && <Badge tone="accent">{t('current')}</Badge>}{version.message && <p>{version.message}</p>}</div>
          <span className={styles.authors}>{version.createdBy?.name} <RelativeTime at={version.createdAt} /></span>
        </li>
      ))}
    </ul>
  );
}
