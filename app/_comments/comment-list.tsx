'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Anchor } from '#db/comments';
import { Empty } from '../_ui/empty';
import { Segmented } from '../_ui/segmented';
import { Skeleton } from '../_ui/skeleton';
import { CommentForm } from './comment-form';
import { CommentThread } from './comment-thread';
import styles from './comments.module.css';
import type { Thread } from './threads';
import { useCommentsHere } from './use-comments';

type Props = {
  /** Which of the flow's threads belong here. */
  shows: (thread: Thread) => boolean;
  /** What a new comment is about. */
  anchor: Anchor; placeholder: string; autoFocus?: boolean; place?: (anchor: Anchor) => ReactNode; /** The comment a link asked for. */ marked?: string | null;
};

/** Threads with a form for a new one: in the panel of a step, in the list of a flow, beside a run. */
export function CommentList({ shows, anchor, placeholder, autoFocus = false, place, marked = null }: Props) {
  const comments = useCommentsHere();
  const t = useTranslations('comments');
  const [state, setState] = useState<'open' | 'resolved'>('open');
  const list = useRef<HTMLDivElement>(null);
  const mine = comments?.threads.filter(shows) ?? [];
  const asked = marked === null ? undefined : mine.find((thread) => thread.comments.some((each) => each.id === marked));
  const isMarkedResolved = asked?.resolved === true;
  useEffect(() => { if (isMarkedResolved) setState('resolved'); }, [isMarkedResolved]);
  const isHere = asked !== undefined;
  useEffect(() => { if (isHere) list.current?.querySelector('[data-marked]')?.scrollIntoView({ block: 'nearest' }); }, [isHere, state]);
  if (!comments) return null;
  if (!comments.isLoaded) return <Skeleton lines={4} className="p-4" />;
  const resolved = mine.filter((thread) => thread.resolved).length;
  const listed = mine.filter((thread) => thread.resolved === (state === 'resolved'));
  return (
    <div className={styles.list} ref={list}>
      <CommentForm key={`${anchor.stepId} ${anchor.param}`} label={placeholder} placeholder={placeholder} sendLabel={t('send')} autoFocus={autoFocus} onSend={(text) => comments.add(text, { anchor })} />
      {(resolved > 0 || state === 'resolved') && <Segmented label={t('which')} value={state} onChange={setState} options={[{ value: 'open', label: t('open', { count: mine.length - resolved }) }, { value: 'resolved', label: t('resolved', { count: resolved }) }]} />}
      {listed.length === 0 && <Empty title={t(state === 'open' ? 'none' : 'noneResolved')} why={state === 'open' ? t('noneWhy') : undefined} className="py-2" />}
      {listed.map((thread) => <CommentThread key={thread.id} thread={thread} place={place?.(thread.anchor)} marked={thread === asked} />)}
    </div>
  );
}
