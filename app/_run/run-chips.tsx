'use client';
import { useLocale, useTranslations } from 'next-intl';
import type { RunSummary } from '#db/run-row';
import { isEnded, runStatuses } from '#flow/run-state';
import { Avatar } from '../_ui/avatar';
import { Icon } from '../_ui/icon';
import { Menu } from '../_ui/menu';
import { RelativeTime } from '../_ui/relative-time';
import { StatusMark } from '../_ui/status-mark';
import { localeOf } from './duration';
import styles from './run-chips.module.css';
import { triggerIcon } from './trigger-icon';

type Props = { runs: readonly RunSummary[]; attachedId: string | null; onAttach: (runId: string) => void };
const most = 4;

/** Runs of a flow as chips, newest first: who, shape, words. At most four and the rest in a menu; the attached one is always seen. */
export function RunChips({ runs, attachedId, onAttach }: Props) {
  const t = useTranslations('run');
  if (runs.length === 0) return null;
  const head = runs.slice(0, most);
  const attached = runs.find((run) => run.id === attachedId);
  const shown = attached && !head.includes(attached) ? [...head.slice(0, most - 1), attached] : head;
  const rest = runs.filter((run) => !shown.includes(run));
  return (
    <div className={styles.chips} role="group" aria-label={t('chips')}>
      {shown.map((run) => <Chip key={run.id} run={run} attached={run.id === attachedId} onAttach={onAttach} />)}
      {rest.length > 0 && (
        <Menu label={t('chips')} trigger={<button type="button" className={styles.chip}>{t('chip.more', { count: rest.length })}</button>}
          items={rest.slice(0, 20).map((run) => ({ label: `${run.startedBy.id === null ? (run.triggerName ?? t(`trigger.${triggerKey(run.trigger)}`)) : run.startedBy.name} · ${run.shortName}`, hint: t(`status.${statusKey(run)}`), onSelect: () => onAttach(run.id) }))} />
      )}
    </div>
  );
}

function Chip({ run, attached, onAttach }: { run: RunSummary; attached: boolean; onAttach: (runId: string) => void }) {
  const t = useTranslations('run');
  const locale = localeOf(useLocale());
  const status = statusKey(run);
  const ended = runStatuses.some((each) => each === run.status && isEnded(each));
  const person = run.startedBy.id !== null;
  const trigger = useTriggerWords()(run);
  return (
    <button type="button" className={styles.chip} aria-pressed={attached} title={`${run.shortName} · ${t(`status.${status}`)} · ${trigger}`} onClick={() => onAttach(run.id)}>
      {person ? <><Avatar user={run.startedBy} size={18} decorative />{run.trigger !== 'button' && <Icon name={triggerIcon(run.trigger)} size={12} />}</> : <Icon name={triggerIcon(run.trigger)} size={13} />}
      <StatusMark status={status} size={13} />
      <span>{person ? run.startedBy.name : (run.triggerName ?? t(`trigger.${triggerKey(run.trigger)}`))}{run.trigger !== 'button' && <span className="sr-only">, {trigger}</span>}</span>
      <em>{ended ? <RelativeTime at={run.finishedAt ?? run.createdAt} /> : <>{t(`status.${status}`).toLocaleLowerCase(locale)} {run.status !== 'queued' && run.stepsTotal > 0 && `${run.stepsDone}/${run.stepsTotal}`}</>}</em>
    </button>
  );
}

/** What started a run, with the hook's, schedule's or key's name where there is one. */
export function useTriggerWords(): (run: { trigger: string; triggerName: string | null }) => string {
  const t = useTranslations('run');
  return ({ trigger, triggerName }) => {
    const word = t(`trigger.${triggerKey(trigger)}`);
    return triggerName === null ? word : t('triggerOf', { trigger: word, name: triggerName });
  };
}

const statusKeys = [...runStatuses, 'warning'] as const;

/** The word a list shows for a run: success with warnings has its own. */
export function statusKey(run: { status: string; warnings: number }): (typeof statusKeys)[number] {
  if (run.status === 'succeeded' && run.warnings > 0) return 'warning';
  return statusKeys.find((each) => each === run.status) ?? 'queued';
}

const triggerKeys = ['button', 'form', 'api', 'webhook', 'cron', 'message', 'flow', 'workflow', 'cli'] as const;
export function triggerKey(trigger: string): (typeof triggerKeys)[number] | 'other' {
  return triggerKeys.find((each) => each === trigger) ?? 'other';
}
