'use client';
import { useTranslations } from 'next-intl';
import type { Anchor } from '#db/comments';
import { shortRunName } from '#flow/id';
import { stepKey, stepsOf } from '#flow/flow';
import { stepType } from '#flow/steps/index';
import Link from 'next/link';
import { CommentList } from '../../../_comments/comment-list';
import styles from '../../../_comments/comments.module.css';
import { Icon } from '../../../_ui/icon';
import { IconButton } from '../../../_ui/icon-button';
import { useEditor } from './editor-context';
import editor from './editor.module.css';

type Props = { marked: string | null; onStep: (stepId: string) => void; onClose: () => void };

/** Every thread of the flow, wherever it hangs. */
export function CommentsPanel({ marked, onStep, onClose }: Props) {
  const t = useTranslations('comments');
  return (
    <section className={editor.commentsPanel} aria-label={t('title')} data-region tabIndex={-1}>
      <header><h2>{t('title')}</h2><IconButton label={t('close')} icon="x" onClick={onClose} /></header>
      <div><CommentList shows={() => true} anchor={{}} placeholder={t('onFlow')} marked={marked} place={(anchor) => <Place anchor={anchor} onStep={onStep} />} /></div>
    </section>
  );
}

/** Where a thread hangs, and the way there. */
function Place({ anchor, onStep }: { anchor: Anchor; onStep: (stepId: string) => void }) {
  const { definition, locale } = useEditor();
  const t = useTranslations('comments');
  const { stepId, param, runId } = anchor;
  if (runId !== undefined) return <Link className={styles.place} href={`/runs/${runId}${stepId === undefined ? '' : `?step=${stepId}`}`}><Icon name="play" size={12} />{t('run', { name: shortRunName(runId) })}</Link>;
  if (stepId === undefined) return <span>{t('flow')}</span>;
  const step = stepsOf(definition).find((each) => each.id === stepId);
  if (!step) return <span>{t('goneStep')}</span>;
  const label = param === undefined ? undefined : (stepType(stepKey(definition.kind, step.type))?.params[param]?.label[locale] ?? param);
  return <button type="button" className={styles.place} onClick={() => onStep(stepId)}>{step.name}{label === undefined ? '' : ` · ${label}`}</button>;
}
