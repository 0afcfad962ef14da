'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState, type ReactNode } from 'react';
import type { CommentView } from '#db/comments';
import { mentionParts } from '#flow/mentions';
import { Avatar } from '../_ui/avatar';
import { Icon } from '../_ui/icon';
import { IconButton } from '../_ui/icon-button';
import { Menu } from '../_ui/menu';
import { RelativeTime } from '../_ui/relative-time';
import { CommentForm } from './comment-form';
import styles from './comments.module.css';
import type { Thread } from './threads';
import { useCommentsHere, type Comments } from './use-comments';

type Props = { thread: Thread; /** Where it hangs, when that is not plain from the place it is shown at. */ place?: ReactNode; marked?: boolean };
/** What is shown this long has been read. */
const readAfterMs = 1_200;

export function CommentThread({ thread, place, marked = false }: Props) {
  const comments = useCommentsHere();
  const t = useTranslations('comments');
  const { id, unread, resolved } = thread;
  const read = comments?.read;
  useEffect(() => {
    if (!unread || !read) return;
    const timer = setTimeout(() => { if (document.visibilityState === 'visible') read(id); }, readAfterMs);
    return () => clearTimeout(timer);
  }, [id, unread, read, thread.comments.length]);
  if (!comments) return null;
  const first = thread.comments[0];
  return (
    <article className={styles.thread} data-resolved={resolved || undefined} data-marked={marked || undefined} aria-label={t('threadOf', { name: first?.author.name ?? '' })}>
      <header>
        {place}
        {unread && <em className={styles.unread}>{t('unread')}</em>}
        <span className={styles.grow} />
        {resolved && first?.resolvedBy && <span className={styles.resolver}>{t('resolvedBy', { name: first.resolvedBy.name })}</span>}
        <IconButton size="sm" label={t(resolved ? 'reopen' : 'resolve')} icon={resolved ? 'rotate-ccw' : 'check'} onClick={() => void comments.resolve(id, !resolved)} />
      </header>
      <ul>{thread.comments.map((comment) => <Comment key={comment.id} comment={comment} comments={comments} />)}</ul>
      <CommentForm label={t('answerTo', { name: first?.author.name ?? '' })} placeholder={t('answer')} sendLabel={t('send')} onSend={(text) => comments.add(text, { threadId: id })} />
    </article>
  );
}

function Comment({ comment, comments }: { comment: CommentView; comments: Comments }) {
  const t = useTranslations('comments');
  const [editing, setEditing] = useState(false);
  const isMine = comments.me !== null && comment.author.id === comments.me;
  if (comment.deleted) return <li className={styles.gone}>{t('gone')}</li>;
  return (
    <li className={styles.comment} data-new={comment.unread || undefined}>
      <div className={styles.by}>
        {comment.author.id === null ? <Icon name="key" size={18} /> : <Avatar user={comment.author} size={20} decorative me={isMine} />}
        <b>{comment.author.name}</b><RelativeTime at={comment.createdAt} />{comment.editedAt !== null && <small>{t('edited')}</small>}
        {isMine && !editing && (
          <Menu align="end" label={t('more')} trigger={<IconButton size="sm" label={t('moreOf', { text: comment.text.slice(0, 40) })} icon="ellipsis" className={styles.more} />} items={[
            { label: t('edit'), icon: 'pencil', onSelect: () => setEditing(true) }, { label: t('remove'), icon: 'trash-2', danger: true, onSelect: () => void comments.remove(comment.id) },
          ]} />
        )}
      </div>
      {editing
        ? <CommentForm label={t('edit')} placeholder={t('edit')} sendLabel={t('save')} text={comment.text} autoFocus onCancel={() => setEditing(false)} onSend={async (text) => { const done = await comments.edit(comment.id, text); if (done) setEditing(false); return done; }} />
        : <p>{mentionParts(comment.text, comment.mentions).map((part, at) => (part.person ? <span key={at} className={styles.mention} data-me={part.person.id === comments.me || undefined}>{part.text}</span> : part.text))}</p>}
    </li>
  );
}
