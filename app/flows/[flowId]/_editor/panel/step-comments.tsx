'use client';
import { useTranslations } from 'next-intl';
import type { Anchor } from '#db/comments';
import { CommentList } from '../../../../_comments/comment-list';
import styles from '../../../../_comments/comments.module.css';
import type { Thread } from '../../../../_comments/threads';
import { Button } from '../../../../_ui/button';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';

export const isAbout = (thread: Thread, stepId: string): boolean => thread.anchor.stepId === stepId && thread.anchor.runId === undefined;

/** The threads of a step, or of one of its parameters when a new comment is to be about that. */
export function StepComments({ param, onWhole, marked }: { param: string | null; onWhole: () => void; marked: string | null }) {
  const { step, type } = usePanel();
  const { locale } = useEditor();
  const t = useTranslations('comments');
  const words = useTranslations('panel');
  const labelOf = (key: string) => type.params[key]?.label[locale] ?? key;
  const place = (anchor: Anchor) => (anchor.param === undefined ? null : <span className={styles.place}>{labelOf(anchor.param)}</span>);
  return (
    <>
      {param !== null && <p className="flex items-center gap-2 px-4 pt-3 text-xs text-muted"><span className="min-w-0 flex-1 truncate">{labelOf(param)}</span><Button size="sm" variant="ghost" onClick={onWhole}>{words('wholeStep')}</Button></p>}
      <CommentList shows={(thread) => isAbout(thread, step.id) && (param === null || thread.anchor.param === param)} anchor={{ stepId: step.id, ...(param === null ? {} : { param }) }}
        placeholder={param === null ? t('onStep') : t('onParam', { label: labelOf(param) })} autoFocus={param !== null} place={place} marked={marked} />
    </>
  );
}
