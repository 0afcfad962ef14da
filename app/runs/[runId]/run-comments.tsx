'use client';
import { useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { memo } from 'react';
import type { Anchor } from '#db/comments';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { CommentList } from '../../_comments/comment-list';
import styles from '../../_comments/comments.module.css';
import type { ReplayRun } from './replay';

type Props = { run: ReplayRun; stepId: string | null; definition?: FlowDefinition; onStep?: (stepId: string) => void };

/** What people say about this run, or about one step of it. */
export const RunComments = memo(function RunComments({ run, stepId, definition, onStep }: Props) {
  const t = useTranslations('comments');
  const marked = useSearchParams().get('comment');
  const place = ({ stepId: at }: Anchor) => {
    const step = at === undefined || stepId !== null || !definition ? undefined : stepsOf(definition).find((each) => each.id === at);
    return step ? <button type="button" className={styles.place} onClick={() => onStep?.(step.id)}>{step.name}</button> : null;
  };
  return (
    <CommentList shows={(thread) => stepId === null || thread.anchor.stepId === stepId} anchor={{ runId: run.id, ...(stepId === null ? {} : { stepId }) }}
      placeholder={stepId === null ? t('onRun') : t('onRunStep')} place={place} marked={marked} />
  );
});
