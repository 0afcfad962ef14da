'use client';
import { useLocale, useTranslations } from 'next-intl';
import { localeOf } from '../../../../_run/duration';
import { Button } from '../../../../_ui/button';
import { Icon } from '../../../../_ui/icon';
import { IconButton } from '../../../../_ui/icon-button';
import { branchCases } from '../branch-cases';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

/** The branches of a condition step: those it has, those its field has a value for and none yet, those whose value is gone. */
export function Branches() {
  const { definition, component, index, commands } = useEditor();
  const { step, editable } = usePanel();
  const locale = localeOf(useLocale());
  const t = useTranslations('panel.branches');
  const cases = branchCases(step.type, step.params ?? {}, { component, index });
  const own = definition.lanes.filter((lane) => lane.when?.step === step.id);
  if (definition.kind !== 'workflow' || cases.length + own.length === 0) return null;
  const missing = cases.filter((each) => !own.some((lane) => lane.when?.case === each.case));
  return (
    <div className={styles.field} role="group" aria-label={t('title')}>
      <span className={styles.label}>{t('title')}</span>
      <ul className="grid gap-1 text-xs">
        {own.map((lane) => {
          const known = cases.find((each) => each.case === lane.when?.case);
          const name = known?.label[locale] ?? lane.when?.case ?? '';
          return (
            <li key={lane.id} className="flex min-h-6 items-center gap-2">
              <span className="font-medium">{name}</span><span className="num text-muted">{t('steps', { count: lane.stages[0]?.steps.length ?? 0 })}</span>
              {!known && <span className="flex items-center gap-1 text-status-warning"><Icon name="triangle-alert" size={12} />{t('orphan')}</span>}
              {!known && editable && <span className="ml-auto"><IconButton size="sm" icon="trash-2" label={t('remove', { name })} onClick={() => commands.removeLane(lane.id)} /></span>}
            </li>
          );
        })}
      </ul>
      {editable && missing.length > 0 && <div><Button size="sm" icon="plus" onClick={() => commands.addBranches(step.id)}>{t('add', { names: missing.map((each) => each.label[locale]).join(', ') })}</Button></div>}
    </div>
  );
}
