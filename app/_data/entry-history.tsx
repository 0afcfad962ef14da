'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { ComponentField, ComponentModel } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { shortRunName } from '#flow/id';
import { api } from '../_client/api';
import { unlessAborted } from '../_client/unless-aborted';
import { useChanges } from '../_client/run-stream';
import { Avatar } from '../_ui/avatar';
import { Button } from '../_ui/button';
import { Icon } from '../_ui/icon';
import { RelativeTime } from '../_ui/relative-time';
import { Skeleton } from '../_ui/skeleton';
import { referenceName } from './cell';
import styles from './data.module.css';

type Change = {
  id: number; at: string; field: string; before: Json; after: Json;
  user: { id: string; name: string } | null;
  run: { id: string; flowId: string; flowName: string; stepId: string | null; stepName: string | null } | null;
};
type Page = { items: Change[]; nextCursor: string | null };

/** Who, or which run and step, changed which field, newest first. */
export function EntryHistory({ component, entryId }: { component: ComponentModel; entryId: number }) {
  const t = useTranslations('data');
  const [page, setPage] = useState<Page | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [version, setVersion] = useState(0);
  const path = `/components/${component.id}/entries/${entryId}/history?limit=50`;
  useEffect(() => {
    const stop = new AbortController();
    void api<Page>(path, { signal: stop.signal }).then((answer) => {
      if (answer.ok) setPage(answer.data);
      else if (!stop.signal.aborted) setFailed(answer.failure.message);
    }, unlessAborted(stop.signal));
    return () => stop.abort();
  }, [path, version]);
  useChanges([{ topic: 'entry', objectId: component.id }], (changes) => {
    if (changes.length === 0 || changes.some((change) => change.entryId === entryId)) setVersion((before) => before + 1);
  });
  const more = async (): Promise<void> => {
    if (!page?.nextCursor) return;
    const answer = await api<Page>(`${path}&cursor=${encodeURIComponent(page.nextCursor)}`);
    if (answer.ok) setPage({ items: [...page.items, ...answer.data.items], nextCursor: answer.data.nextCursor });
  };
  if (failed) return <p role="alert">{failed}</p>;
  if (!page) return <Skeleton lines={6} />;
  return (
    <>
      <ol className={styles.history} aria-label={t('history.label')}>
        {page.items.map((change) => (
          <li key={change.id}>
            {change.user ? <Avatar user={change.user} size={18} /> : <Icon name="workflow" size={16} />}
            <div>
              <What change={change} fields={component.fields} />
              <small>
                {change.run ? <><Link href={`/runs/${change.run.id}`}>{change.run.flowName} {shortRunName(change.run.id)}</Link>{change.run.stepName && `, ${change.run.stepName}`}</> : (change.user?.name ?? t('history.platform'))}
                {', '}<RelativeTime at={change.at} />
              </small>
            </div>
          </li>
        ))}
      </ol>
      {page.nextCursor && <Button size="sm" variant="ghost" onClick={() => void more()}>{t('history.more')}</Button>}
    </>
  );
}

function What({ change, fields }: { change: Change; fields: readonly ComponentField[] }) {
  const t = useTranslations('data');
  if (change.field === '$created') return <b>{t('history.created')}</b>;
  if (change.field === '$deleted') return <b>{t('history.deleted')}</b>;
  const field = fields.find((each) => each.name === change.field);
  const title = change.field === 'name' ? t('column.name') : (field?.title ?? change.field);
  const shown = (value: Json) => (typeof value === 'boolean' ? t(value ? 'cell.yes' : 'cell.no') : brief(field, value));
  return <span><b>{title}</b>: {change.before !== null && <><del>{shown(change.before)}</del>{' '}</>}{change.after === null ? <ins>{t('cell.empty')}</ins> : <ins>{shown(change.after)}</ins>}</span>;
}

function brief(field: ComponentField | undefined, value: Json): string {
  const label = field?.enum?.find((each) => each.value === value)?.label;
  if (label) return label;
  if (typeof value === 'string') return value.slice(0, 200);
  return isJsonObject(value) && 'id' in value ? referenceName(value) : JSON.stringify(value).slice(0, 200);
}
