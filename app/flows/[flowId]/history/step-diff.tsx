'use client';
import { useTranslations } from 'next-intl';
import type { FlowDiff } from '#flow/diff';
import { Button } from '../../../_ui/button';
import { IconButton } from '../../../_ui/icon-button';
import { StepTile } from '../../../_ui/step-tile';
import { stepKey } from '#flow/flow';
import { stepType } from '#flow/steps/index';
import { isPlace } from '../../../_canvas/change-words';
import { labelOf, shown, type Names } from './change-line';
import styles from './history.module.css';

type Props = { stepId: string; diff: FlowDiff['steps'][number] | null; by: string | null; names: Names; onClose: () => void; onRestore: (() => void) | null };

/** What differs in the chosen step, parameter by parameter. */
export function StepDiff({ stepId, diff, by, names, onClose, onRestore }: Props) {
  const t = useTranslations('history');
  const known = names.steps.get(stepId);
  const type = known ? stepType(stepKey(names.kind, known.type)) : undefined;
  return (
    <section className={styles.step} aria-label={t('stepChanges', { name: known?.name ?? stepId })}>
      <header>
        {type && <StepTile group={type.group} icon={type.icon} />}
        <span><b>{known?.name ?? stepId}</b><small>{diff ? t(`stepIs.${diff.kind}`) : t('stepIs.same')}{by !== null && diff ? ` · ${by}` : ''}</small></span>
        {onRestore && <Button size="sm" icon="rotate-ccw" onClick={onRestore}>{t('restoreStep')}</Button>}
        <IconButton size="sm" label={t('allSteps')} icon="x" onClick={onClose} />
      </header>
      {diff && diff.changes.length > 0 && (
        <dl>
          {diff.changes.map((change) => (
            <div key={change.key}>
              <dt>{labelOf(change.key, known?.type, names)}</dt>
              <dd>{isPlace(change.key) ? t('moved') : <>{shown(change.key, change.old, names, 600) !== '' && <del className={styles.old}>{shown(change.key, change.old, names, 600)}</del>}{shown(change.key, change.new, names, 600) !== '' && <ins className={styles.new}>{shown(change.key, change.new, names, 600)}</ins>}</>}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
