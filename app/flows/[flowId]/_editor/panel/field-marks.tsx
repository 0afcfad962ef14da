'use client';
import { useTranslations } from 'next-intl';
import { useCommentsHere } from '../../../../_comments/use-comments';
import { Icon } from '../../../../_ui/icon';
import { RelativeTime } from '../../../../_ui/relative-time';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

/** Beside a field's label: who set it last (on hover or focus), and its comments or the way to write one. */
export function FieldMarks({ param, label }: { param: string; label: string }) {
  const { step, blame, onComment } = usePanel();
  const comments = useCommentsHere();
  const t = useTranslations('comments');
  const words = useTranslations('panel');
  const last = blame.get(`params.${param}`) ?? (Object.hasOwn(step.params ?? {}, param) ? blame.get('step') : undefined);
  const threads = comments?.threads.filter((each) => !each.resolved && each.anchor.stepId === step.id && each.anchor.param === param && each.anchor.runId === undefined) ?? [];
  return (
    <span className={styles.marks}>
      {last && <span className={styles.blame}>{words('setBy', { name: last.author?.name ?? words('program') })} <RelativeTime at={last.at} /></span>}
      {comments && (
        <button type="button" className={styles.commentMark} data-has={threads.length > 0 || undefined} aria-label={t('paramCount', { count: threads.length, label })} title={t('paramCount', { count: threads.length, label })} onClick={() => onComment(param)}>
          <Icon name="message-square" size={13} />{threads.length > 0 && threads.length}
        </button>
      )}
    </span>
  );
}
