'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { api } from '../../_client/api';
import { unlessAborted } from '../../_client/unless-aborted';
import { Icon } from '../../_ui/icon';
import styles from './replay.module.css';

type Verified = { ok: true; events: number } | { ok: false; seq: number; reason: 'altered' | 'missing' | 'extra' };
type Props = { runId: string; /** 0 while the run goes on. */ endedSeq: number; onSeek: (seq: number) => void };

/** Whether the chain of the run's log is whole: checked when the page opens and again once the run has ended. */
export function IntegrityBadge({ runId, endedSeq, onSeek }: Props) {
  const t = useTranslations('replay');
  const [verified, setVerified] = useState<Verified | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void api<Verified>(`/runs/${runId}/verify`, { signal: stop.signal }).then((answer) => setVerified(answer.ok ? answer.data : null), unlessAborted(stop.signal));
    return () => stop.abort();
  }, [runId, endedSeq]);
  if (!verified) return null;
  if (verified.ok) return <span className={styles.intact} title={t('intactHelp', { count: verified.events })}><Icon name="shield-check" size={12} />{t('intact')}</span>;
  return <button type="button" className={styles.altered} onClick={() => onSeek(verified.seq)}><Icon name="triangle-alert" size={12} />{t(verified.reason, { seq: verified.seq })}</button>;
}
