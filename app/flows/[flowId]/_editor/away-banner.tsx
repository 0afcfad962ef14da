'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { Away } from '#db/flow-seen';
import { AvatarStack } from '../../../_ui/avatar';
import { ButtonLink } from '../../../_ui/button';
import { IconButton } from '../../../_ui/icon-button';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

const everyMs = 60_000;

/**
 * What others changed since one was here last, until it was looked at or put away. From then on, and when nothing
 * happened, the flow counts as seen while it is open.
 */
export function AwayBanner({ away }: { away: Away | null }) {
  const { flowId } = useEditor();
  const t = useTranslations('editor');
  const [isTold, setTold] = useState(away === null || away.changes === 0);
  useEffect(() => {
    if (!isTold) return;
    const seen = () => void navigator.sendBeacon(`/api/v1/flows/${flowId}/seen`);
    const leave = () => { if (document.visibilityState === 'hidden') seen(); };
    seen();
    const timer = setInterval(() => { if (document.visibilityState === 'visible') seen(); }, everyMs);
    document.addEventListener('visibilitychange', leave);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', leave);
      seen();
    };
  }, [isTold, flowId]);
  if (isTold || !away) return null;
  const [first, ...others] = away.authors;
  const names = first ? (others.length > 0 ? t('away.names', { first: first.name, count: others.length }) : first.name) : t('away.program');
  return (
    <div className={styles.away} role="status">
      <AvatarStack users={away.authors} size={20} most={3} />
      <span>{t('away.text', { count: away.changes, names })}</span>
      <ButtonLink size="sm" href={`/flows/${flowId}/history?from=${away.since}`} onClick={() => setTold(true)}>{t('away.show')}</ButtonLink>
      <IconButton size="sm" label={t('away.close')} icon="x" onClick={() => setTold(true)} />
    </div>
  );
}
