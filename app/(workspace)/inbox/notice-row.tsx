'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import type { NotificationView } from '#db/notifications';
import { localeOf } from '../../_run/duration';
import { Icon } from '../../_ui/icon';
import { downloadPath } from '../../_exports/prepare-export';
import { buttonBase, buttonSizes, buttonVariants } from '../../_ui/button-style';
import { classNames } from '../../_ui/class-names';
import { IconButton } from '../../_ui/icon-button';
import { RelativeTime } from '../../_ui/relative-time';

const icons = { message: 'bell', task: 'user-round-check', mention: 'at-sign', warning: 'triangle-alert' } as const;

/** What happened; opening it reads it and leads to where it happened. */
export function NoticeRow({ notice, onOpenTask, onRead }: { notice: NotificationView; onOpenTask: (taskId: string) => void; onRead: () => void }) {
  const t = useTranslations('inbox');
  const locale = localeOf(useLocale());
  const router = useRouter();
  const isNew = notice.readAt === null;
  const open = () => {
    if (isNew) onRead();
    if (notice.link.taskId !== undefined) onOpenTask(notice.link.taskId);
    else router.push(hrefOf(notice.link));
  };
  return (
    <li className="relative flex gap-3 border-t border-line px-5 py-2.5 hover:bg-hover">
      <span className={`pt-0.5 ${notice.kind === 'warning' ? 'text-status-waiting' : isNew ? 'text-accent-text' : 'text-faint'}`}><Icon name={icons[notice.kind]} size={15} /></span>
      <div className="min-w-0 flex-1">
        <button type="button" onClick={open} className={`block w-full text-left after:absolute after:inset-0 after:content-[''] ${isNew ? 'font-strong' : 'font-medium'}`}>{notice.subject[locale]}{isNew && <span className="sr-only"> ({t('new')})</span>}</button>
        <p className="text-xs break-words whitespace-pre-line text-muted">{notice.body[locale]}</p>
        {notice.link.exportId !== undefined && notice.kind === 'message' && (
          <a href={downloadPath(notice.link.exportId)} download onClick={() => isNew && onRead()} className={classNames(buttonBase, buttonSizes.sm, buttonVariants.secondary, 'relative z-1 my-1.5')}><Icon name="download" size={13} />{t('download')}</a>
        )}
        <p className="text-2xs text-faint"><RelativeTime at={notice.createdAt} /></p>
      </div>
      {isNew && <span className="relative z-1"><IconButton size="sm" icon="check" label={t('read', { subject: notice.subject[locale] })} onClick={onRead} /></span>}
    </li>
  );
}

/** The most telling of the places it names. */
function hrefOf({ commentId, flowId, runId, componentId, entryId, stepId, scheduleId, exportId }: NotificationView['link']): string {
  const step = stepId === undefined ? '' : `?step=${stepId}`;
  if (exportId !== undefined) return '/exports';
  if (commentId !== undefined && runId !== undefined) return `/runs/${runId}?comment=${commentId}`;
  if (commentId !== undefined && flowId !== undefined) return `/flows/${flowId}?comment=${commentId}`;
  if (componentId !== undefined && entryId !== undefined) return `/components/${componentId}?entry=${entryId}`;
  if (runId !== undefined) return `/runs/${runId}${step}`;
  if (scheduleId !== undefined && componentId !== undefined) return `/components/${componentId}/settings`;
  return flowId === undefined ? '/inbox' : `/flows/${flowId}${step}`;
}
