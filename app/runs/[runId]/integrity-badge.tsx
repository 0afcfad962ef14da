'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { api } from '../../_client/api';
import { unlessAborted } from '../../_client/unless-aborted';
import { Icon } from '../../_ui/icon';
import styles from './replay.module.css';

type Verified = { ok: true; events: number } | { ok: false; seq: number; reason: 'altered' | 'missing' | 'extra' };
type Props = { runId: string; seq: number; ended: boolean; onSeek: (seq: number) => void };

/** Whether the chain of the run's log is whole: checked when the page opens and again once the run has ended. */
export function IntegrityBadge({ runId, seq, ended, onSeek }: Props) {
  const t = useTranslations('replay');
  const [verified, setVerified] = useState<Verified | null>(null);
  const head = ended ? seq : 0;
  useEffect(() => {
    const stop = new AbortController();
    void api<Verified>(`/runs/${runId}/verify`, { signal: stop.signal }).then((answer) => setVerified(answer.ok ? answer.data : null), unlessAborted(stop.signal));
    return () => stop.abort();
  }, [runId, head]);
  if (!verified) return null;
  if (verified.ok) return <span className={styles.intact} title={t('intactHelp', { count: verified.events })}><Icon name="shield-check" size={12} />{t('intact')}</span>;
  return <button type="button" className={styles.altered} onClick={() => onSeek(verified.seq)}><Icon name="triangle-alert" size={12} />{t(verified.reason, { seq: verified.seq })}</button>;
}
