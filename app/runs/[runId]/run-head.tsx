'use client';
import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { memo } from 'react';
import { statusKey, triggerKey } from '../../_run/run-chips';
import { triggerIcon } from '../../_run/trigger-icon';
import { AlsoHere } from '../../_shell/also-here';
import { ButtonLink } from '../../_ui/button';
import { Icon } from '../../_ui/icon';
import { Mark } from '../../_ui/mark';
import { StatusWord } from '../../_ui/status-word';
import { ExportRun } from './export-run';
import { IntegrityBadge } from './integrity-badge';
import type { ReplayRun } from './replay';
import styles from './replay.module.css';

type Props = { run: ReplayRun; status: string; warnings: number; /** 0 while it goes on. */ endedSeq: number; offline: boolean; onSeek: (seq: number) => void };

/** Not drawn again by events that leave the run's status as it is. */
export const RunHead = memo(function RunHead({ run, status, warnings, endedSeq, offline, onSeek }: Props) {
  const t = useTranslations('replay');
  const words = useTranslations('run');
  const format = useFormatter();
  return (
    <header className={styles.top}>
      <Link href="/" className={styles.home} aria-label={t('home')}><Mark size={22} /></Link>
      <nav className={styles.crumbs} aria-label={t('path')}>
        <Link href="/runs">{t('runs')}</Link><Icon name="chevron-right" size={12} /><Link href={`/runs?flow=${run.flowId}`}>{run.flowName}</Link><Icon name="chevron-right" size={12} />
      </nav>
      <h1>{t('title', { name: run.shortName })}</h1>
      <span className={styles.status} data-status={status}><StatusWord status={status} warnings={warnings} size={12}>{words(`status.${statusKey({ status, warnings })}`)}</StatusWord></span>
      <span className={styles.tag}>{run.version === null ? t('draft') : t('version', { version: run.version })}</span>
      <span className={styles.when}><Icon name={triggerIcon(run.trigger)} size={13} />{t('when', { trigger: words(`trigger.${triggerKey(run.trigger)}`), at: format.dateTime(new Date(run.createdAt), { dateStyle: 'medium', timeStyle: 'short' }), name: run.startedBy.name })}</span>
      <IntegrityBadge runId={run.id} endedSeq={endedSeq} onSeek={onSeek} />
      <span className={styles.right}>
        <AlsoHere page="run" objectId={run.id} words={(names, count) => t('alsoHere', { names, count })} />
        {offline && <em role="status">{t('offline')}</em>}
        <ExportRun runId={run.id} shortName={run.shortName} />
        <ButtonLink icon="external-link" href={`/flows/${run.flowId}`}>{t('openFlow')}</ButtonLink>
      </span>
    </header>
  );
});
