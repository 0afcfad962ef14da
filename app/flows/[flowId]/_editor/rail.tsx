'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { groupOrder, groupTitle } from '#flow/catalogue';
import { stepTypes } from '#flow/steps/index';
import type { Group } from '#flow/steps/define-step';
import { useCommentsHere } from '../../../_comments/use-comments';
import { StepTile } from '../../../_ui/step-tile';
import { IconButton } from '../../../_ui/icon-button';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

type Props = { open: boolean; onPalette: (group?: Group) => void; onFind: () => void; onNote: () => void; onComments: () => void; commentsOpen: boolean; onTriggers: () => void; onVersions: () => void; onShortcuts: () => void };

const groupIcons: Record<Group, string> = {
  input: 'file-input', transform: 'layers', users: 'users', output: 'file-output', notifications: 'bell', integrations: 'plug', common: 'text-cursor-input', conditions: 'split',
};

/** Doors to the palette, one per group of the catalogue, and the tools of the canvas. */
export function Rail({ open, onPalette, onFind, onNote, onComments, commentsOpen, onTriggers, onVersions, onShortcuts }: Props) {
  const { flowId, definition, editable, locale } = useEditor();
  const router = useRouter();
  const t = useTranslations('editor');
  const words = useTranslations('comments');
  const comments = useCommentsHere();
  const here = new Set(stepTypes.filter((type) => type.kind === definition.kind).map((type) => type.group));
  return (
    <nav className={styles.rail} aria-label={t('tools')}>
      {editable && <IconButton label={t('addStep')} icon="plus" pressed={open} onClick={() => onPalette()} />}
      {editable && <hr />}
      {editable && groupOrder.filter((group) => here.has(group)).map((group) => (
        <button key={group} type="button" className={styles.railGroup} aria-label={t('stepsOf', { group: groupTitle(group)[locale] })} title={groupTitle(group)[locale]} onClick={() => onPalette(group)}>
          <StepTile group={group} icon={groupIcons[group]} size={26} />
        </button>
      ))}
      {editable && <hr />}
      <IconButton label={t('find')} icon="search" onClick={onFind} />
      {editable && <IconButton label={t('addNote')} icon="sticky-note" onClick={onNote} />}
      {comments && (
        <span className={styles.railMark}>
          <IconButton label={comments.unread > 0 ? words('titleUnread', { count: comments.unread }) : words('title')} icon="message-square" pressed={commentsOpen} onClick={onComments} />
          {comments.unread > 0 && <i aria-hidden />}
        </span>
      )}
      <span className={styles.grow} />
      {definition.kind === 'dataflow' && <IconButton label={t('action.triggers')} icon="webhook" onClick={onTriggers} />}
      <IconButton label={t('versions')} icon="tags" onClick={onVersions} />
      <IconButton label={t('history')} icon="history" onClick={() => router.push(`/flows/${flowId}/history`)} />
      <IconButton label={t('shortcuts')} icon="circle-help" onClick={onShortcuts} />
    </nav>
  );
}
