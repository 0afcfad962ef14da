'use client';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ExportView } from '#db/exports';
import { api } from '../../_client/api';
import { useChanges } from '../../_client/run-stream';
import { downloadPath } from '../../_exports/prepare-export';
import { formatBytes, formatCount, localeOf } from '../../_run/duration';
import { Button, ButtonLink } from '../../_ui/button';
import { buttonBase, buttonSizes, buttonVariants } from '../../_ui/button-style';
import { classNames } from '../../_ui/class-names';
import { DataTable } from '../../_ui/data-table';
import { Empty } from '../../_ui/empty';
import { Icon } from '../../_ui/icon';
import { IconButton } from '../../_ui/icon-button';
import { PageHead } from '../../_ui/page-head';
import { RelativeTime } from '../../_ui/relative-time';
import { StatusWord } from '../../_ui/status-word';
import { toast } from '../../_ui/toast';

type Listed = { items: readonly ExportView[]; nextCursor: string | null };
const marks = { preparing: 'running', ready: 'succeeded', failed: 'failed' } as const;

/** My exports: how far each is, live, and what can be done with it. */
export function ExportsList({ first }: { first: Listed }) {
  const t = useTranslations('exports');
  const locale = localeOf(useLocale());
  const format = useFormatter();
  const [list, setList] = useState(first);
  const read = async () => {
    const answer = await api<Listed>('/exports?limit=50');
    if (answer.ok) setList(answer.data);
  };
  useChanges([{ topic: 'export' }], () => void read());
  const more = async () => {
    const answer = await api<Listed>(`/exports?limit=50&cursor=${encodeURIComponent(list.nextCursor ?? '')}`);
    if (answer.ok) setList((before) => ({ items: [...before.items, ...answer.data.items], nextCursor: answer.data.nextCursor }));
  };
  const act = async (answer: Promise<{ ok: true } | { ok: false; failure: { message: string } }>) => {
    const done = await answer;
    if (!done.ok) toast.error(done.failure.message);
    await read();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead title={t('title')} />
      <div className="min-h-0 flex-1 overflow-auto">
        <p className="max-w-160 px-5 pt-4 pb-3 text-xs text-muted">{t('why')}</p>
        <DataTable label={t('title')} rows={list.items} rowKey={(each) => each.id} empty={<Empty title={t('none')} why={t('noneWhy')} className="px-5" action={<ButtonLink href="/runs" icon="play">{t('toRuns')}</ButtonLink>} />} columns={[
          { key: 'name', label: t('column.name'), render: (each) => <span className="font-medium" title={each.name}>{each.name}</span> },
          { key: 'state', label: t('column.state'), width: 320, render: (each) => <State of={each} /> },
          { key: 'rows', label: t('column.rows'), width: 100, align: 'right', render: (each) => (each.state === 'failed' ? '' : formatCount(each.rows, locale)) },
          { key: 'size', label: t('column.size'), width: 90, align: 'right', render: (each) => (each.state === 'ready' ? formatBytes(each.size, locale) : '') },
          { key: 'asked', label: t('column.asked'), width: 120, render: (each) => <RelativeTime at={each.createdAt} className="text-muted" /> },
          { key: 'until', label: t('column.until'), width: 110, render: (each) => (each.state === 'preparing' ? '' : <time dateTime={each.expiresAt} className="text-muted">{format.dateTime(new Date(each.expiresAt), { day: 'numeric', month: 'short' })}</time>) },
          { key: 'acts', label: <span className="sr-only">{t('column.acts')}</span>, width: 170, align: 'right', render: (each) => (
            <span className="inline-flex items-center gap-1.5">
              {each.state === 'ready' && <a href={downloadPath(each.id)} download aria-label={t('downloadNamed', { name: each.name })} className={classNames(buttonBase, buttonSizes.sm, buttonVariants.secondary)}><Icon name="download" size={13} />{t('download')}</a>}
              {each.state === 'failed' && <Button size="sm" icon="rotate-cw" onClick={() => void act(api('/exports', { method: 'POST', body: each.request }))}>{t('again')}</Button>}
              <IconButton size="sm" icon={each.state === 'preparing' ? 'x' : 'trash-2'} label={t(each.state === 'preparing' ? 'stop' : 'delete', { name: each.name })} onClick={() => void act(api(`/exports/${each.id}`, { method: 'DELETE' }))} />
            </span>
          ) },
        ]} />
        {list.nextCursor !== null && <div className="px-5 py-3"><Button size="sm" onClick={() => void more()}>{t('more')}</Button></div>}
      </div>
    </div>
  );
}

function State({ of: { state, error } }: { of: ExportView }) {
  const t = useTranslations('exports');
  const locale = localeOf(useLocale());
  const why = error?.text[locale] ?? '';
  return <span className="flex min-w-0 items-center gap-2" title={why}><StatusWord status={marks[state]}>{t(`state.${state}`)}</StatusWord>{why !== '' && <span className="truncate text-muted">{why}</span>}</span>;
}
