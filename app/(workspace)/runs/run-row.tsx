'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { memo } from 'react';
import type { RunSummary } from '#db/run-row';
import { isEnded, runStatuses } from '#flow/run-state';
import { between, formatCount, formatDuration, localeOf } from '../../_run/duration';
import { statusKey, useTriggerWords } from '../../_run/run-chips';
import { useRestart } from '../../_run/restart';
import { useRunActs } from '../../_run/run-acts';
import { triggerIcon } from '../../_run/trigger-icon';
import { useNow } from '../../_run/use-now';
import { Avatar } from '../../_ui/avatar';
import { Icon } from '../../_ui/icon';
import { IconButton } from '../../_ui/icon-button';
import { Menu, type MenuItem } from '../../_ui/menu';
import { Meter } from '../../_ui/meter';
import { RelativeTime } from '../../_ui/relative-time';
import { StatusWord } from '../../_ui/status-word';
import { toast } from '../../_ui/toast';
import styles from './runs.module.css';

type Props = { run: RunSummary; me: string | null; canControl: boolean };

/** One run: the row opens it, the last cell holds what can be done with it. */
export const RunRow = memo(function RunRow({ run, me, canControl }: Props) {
  const t = useTranslations('runs');
  const words = useTranslations('run');
  const locale = localeOf(useLocale());
  const router = useRouter();
  const status = statusKey(run);
  const live = !runStatuses.some((each) => each === run.status && isEnded(each));
  const now = useNow(live && run.status === 'running');
  const took = between(run.startedAt, run.finishedAt ?? (live ? new Date(now).toISOString() : null));
  const person = run.startedBy.id !== null;
  const trigger = useTriggerWords()(run);
  return (
    <tr data-live={live || undefined} onClick={(event) => event.target instanceof Element && !event.target.closest('a, button, [role="menu"]') && router.push(`/runs/${run.id}`)}>
      <td data-column="status"><StatusWord status={run.status} warnings={run.warnings}>{words(`status.${status}`)}</StatusWord></td>
      <td data-column="flow">
        <Link href={`/runs/${run.id}`}>{run.flowName}</Link> <span className={styles.version}>{run.version === null ? t('draft') : `v${run.version}`}</span> <span className={styles.short}>{run.shortName}</span>
        {run.error && <span className={styles.error} title={run.error.message}>{run.error.code}</span>}
      </td>
      <td data-column="startedBy"><span className={styles.who}>{person
        ? <><Avatar user={run.startedBy} size={18} me={run.startedBy.id === me} decorative />{run.startedBy.name}<em title={trigger}>{run.trigger !== 'button' && <Icon name={triggerIcon(run.trigger)} size={11} />}{trigger}</em></>
        : <><i><Icon name={triggerIcon(run.trigger)} size={11} /></i>{run.triggerName ?? (run.startedBy.name || trigger)}<em title={trigger}>{trigger}</em></>}</span></td>
      <td data-column="started"><RelativeTime at={run.createdAt} /></td>
      <td data-column="steps"><span className={styles.steps}><Meter done={run.stepsDone} total={run.stepsTotal} status={run.status === 'succeeded' ? 'queued' : run.status} width={56} />{t('stepsOf', { done: run.stepsDone, total: run.stepsTotal })}</span></td>
      <td data-column="items">{run.itemsOut === null ? '' : formatCount(run.itemsOut, locale)}</td>
      <td data-column="took">{took === null ? '' : formatDuration(took, locale)}</td>
      <td data-column="acts"><RowActs run={run} live={live} canControl={canControl} /></td>
    </tr>
  );
});

function RowActs({ run, live, canControl }: { run: RunSummary; live: boolean; canControl: boolean }) {
  const t = useTranslations('runs');
  const words = useTranslations('run');
  const { busy, act } = useRunActs(run.id);
  const restarting = useRestart(run.id);
  const items: MenuItem[] = [
    { label: t('act.open'), icon: 'circle-play', href: `/runs/${run.id}` }, { label: t('act.flow'), icon: 'external-link', href: `/flows/${run.flowId}` },
    { label: t('act.copy'), icon: 'link', onSelect: () => void navigator.clipboard.writeText(`${window.location.origin}/runs/${run.id}`).then(() => toast.success(t('act.copied'))) },
    ...(canControl && !live ? [{ separator: true } as const, { label: words('control.rerun'), icon: 'rotate-cw', disabled: restarting.busy, onSelect: () => void restarting.restart('rerun') }] : []),
    ...(canControl && (run.status === 'failed' || run.status === 'cancelled') ? [{ label: words('control.resume'), icon: 'play', disabled: restarting.busy, onSelect: () => void restarting.restart('resume') }] : []),
    ...(canControl && live ? [{ separator: true } as const, { label: words('control.cancel'), icon: 'square', danger: true, disabled: busy !== null, onSelect: () => void act('cancel') }] : []),
  ];
  return <>{restarting.dialog}<Menu align="end" label={t('act.label', { name: run.shortName })} trigger={<IconButton label={t('act.label', { name: run.shortName })} icon="ellipsis" size="sm" />} items={items} /></>;
}
