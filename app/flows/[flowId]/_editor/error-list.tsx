'use client';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { stepsOf } from '#flow/flow';
import type { Problem } from '#flow/problems';
import { Icon } from '../../../_ui/icon';
import { StatusMark } from '../../../_ui/status-mark';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import { PutRight } from './put-right';

type Props = { open: boolean; onToggle: () => void; onGo: (problem: Problem) => void };

/** Every problem of the flow, folded into one line at the foot of the canvas. */
export function ErrorList({ open, onToggle, onGo }: Props) {
  const { problems, definition, locale } = useEditor();
  const t = useTranslations('editor');
  const names = useMemo(() => new Map(stepsOf(definition).map((step) => [step.id, step.name])), [definition]);
  const errors = problems.filter((problem) => problem.level === 'error').length;
  const first = problems[0];
  const where = (problem: Problem) => (problem.stepId ? (names.get(problem.stepId) ?? '') : '');
  return (
    <section className={styles.errors} data-open={open || undefined} aria-label={t('errorList')} data-region tabIndex={-1}>
      <div className={styles.errorHead}>
        <button type="button" className={styles.errorBar} aria-expanded={open} onClick={onToggle}>
          <Icon name={open ? 'chevron-down' : 'chevron-up'} size={14} /><b>{t('errorList')}</b>
          {problems.length === 0 ? <span className={styles.fine}><StatusMark status="succeeded" size={13} />{t('noProblems')}</span> : (
            <span className={styles.count} data-level={errors > 0 ? 'error' : 'warning'}><StatusMark status={errors > 0 ? 'failed' : 'warning'} size={13} />{t('problemCount', { count: problems.length })}</span>
          )}
          {!open && first && <span className={styles.firstProblem}>{where(first) ? `${where(first)}${locale === 'fr' ? ' :' : ':'} ` : ''}{first.text[locale]}</span>}
        </button>
        {!open && first && <PutRight problem={first} className={styles.putRight} />}
      </div>
      {open && (
        <ul>
          {problems.map((problem, place) => (
            <li key={`${place}${problem.code}`}>
              <button type="button" onClick={() => onGo(problem)}>
                <StatusMark status={problem.level === 'error' ? 'failed' : 'warning'} size={13} /><b>{where(problem) || t('flow')}</b><span>{problem.text[locale]}</span><code>{problem.code}</code>
              </button>
              <PutRight problem={problem} className={styles.putRight} />
            </li>
          ))}
          {problems.length === 0 && <li className={styles.noProblems}>{t('noProblemsWhy')}</li>}
        </ul>
      )}
    </section>
  );
}
