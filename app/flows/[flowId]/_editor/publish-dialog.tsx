'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { PublishPreview } from '#db/versions';
import { isEmptyDiff, type Change } from '#flow/diff';
import { stepKey } from '#flow/flow';
import type { Json } from '#flow/json';
import { stepType } from '#flow/steps/index';
import { changeLabel, changeValue } from '../../../_canvas/change-words';
import { api, type ApiFailure } from '../../../_client/api';
import { Avatar } from '../../../_ui/avatar';
import { Button } from '../../../_ui/button';
import { Dialog } from '../../../_ui/dialog';
import { ErrorNote } from '../../../_ui/error-note';
import { Skeleton } from '../../../_ui/skeleton';
import { localeOf } from '../../../_run/duration';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import { FailureNote } from './failure-note';

type Props = { open: boolean; onClose: () => void; onPublished: (version: number) => void; publishedVersion: number | null };

/** What changed since the published version and who changed it, so that nobody publishes a colleague's unfinished work unawares. */
export function PublishDialog({ open, ...rest }: Props) {
  return <>{open && <PublishForm {...rest} />}</>;
}

function PublishForm({ onClose, onPublished, publishedVersion }: Omit<Props, 'open'>) {
  const { flowId } = useEditor();
  const t = useTranslations('editor');
  const locale = localeOf(useLocale());
  const [preview, setPreview] = useState<PublishPreview | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [message, setMessage] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    api<PublishPreview>(`/flows/${flowId}/publish-preview`, { signal: stop.signal }).then((answer) => { if (answer.ok) setPreview(answer.data); else setFailure(answer.failure); }, () => undefined);
    return () => stop.abort();
  }, [flowId]);
  const errors = preview?.problems.filter((problem) => problem.level === 'error') ?? [];
  const unchanged = preview !== null && isEmptyDiff(preview.diff) && publishedVersion !== null;
  const publish = async () => {
    setBusy(true);
    const answer = await api<{ version: number }>(`/flows/${flowId}/publish`, { method: 'POST', body: message.trim() ? { message: message.trim() } : {} });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    onPublished(answer.data.version);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} size="lg" title={t('publish.title')} description={publishedVersion === null ? t('publish.first') : t('publish.since', { version: publishedVersion })} onSubmit={() => void publish()}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" disabled={busy || preview === null || errors.length > 0 || unchanged}>{t('publish.publish')}</Button></>}>
      <div className={styles.form}>
        {!preview && !failure && <Skeleton lines={4} className="py-2" />}
        {errors.length > 0 && <ErrorNote title={t('publish.blocked', { count: errors.length })} className="p-0"><ul>{errors.slice(0, 6).map((problem) => <li key={`${problem.stepId}${problem.param}${problem.code}`}>{problem.text[locale]}</li>)}</ul></ErrorNote>}
        {preview && (unchanged ? <p>{t('publish.nothing')}</p> : <ChangeList preview={preview} />)}
        {failure && <FailureNote failure={failure} />}
        <label className={styles.line}><span className={styles.lineLabel}>{t('publish.message')}</span><input autoFocus value={message} maxLength={500} placeholder={t('publish.messageHint')} onChange={(event) => setMessage(event.target.value)} /></label>
      </div>
    </Dialog>
  );
}

const wholeFlow = '$flow';

function ChangeList({ preview: { diff, authors } }: { preview: PublishPreview }) {
  const { definition, locale } = useEditor();
  const t = useTranslations('editor');
  const named = (change: Change) => ({ ...change, label: changeLabel(null, change.key, locale) });
  const rows = [
    ...diff.steps.map((each) => ({ key: each.stepId, name: each.name, kind: each.kind, changes: each.changes.map((change) => ({ ...change, label: changeLabel(stepType(stepKey(definition.kind, each.type)), change.key, locale) })), by: authors[each.stepId] })),
    ...diff.stages.map((each) => ({ key: each.stageId, name: each.name, kind: each.kind, changes: each.changes.map(named), by: authors[each.stageId] ?? authors[wholeFlow] })),
    ...diff.notes.map((each) => ({ key: each.noteId, name: t('publish.note'), kind: each.kind, changes: [], by: authors[each.noteId] ?? authors[wholeFlow] })),
    ...(diff.settings.length > 0 ? [{ key: wholeFlow, name: t('publish.settings'), kind: 'changed' as const, changes: diff.settings.map(named), by: authors[wholeFlow] }] : []),
  ];
  return (
    <ul className={styles.changes} aria-label={t('publish.changes')}>
      {rows.map((row) => (
        <li key={row.key}>
          <span className={styles.changeMark} data-kind={row.kind} aria-hidden>{row.kind === 'added' ? '+' : row.kind === 'removed' ? '−' : '~'}</span>
          <div>
            <b>{row.name}</b> {t(row.key === wholeFlow ? 'publish.settingsChanged' : `publish.${row.kind}`)}
            {row.changes.slice(0, 4).map((change) => <p key={change.key}>{change.label} <Words tag="del" value={change.old} /> <Words tag="ins" value={change.new} /></p>)}
          </div>
          <span className={styles.authors}>{row.by?.map((person) => <span key={person.id} className={styles.authors}><Avatar user={person} size={18} decorative />{person.name}</span>)}</span>
        </li>
      ))}
    </ul>
  );
}


function Words({ tag: Tag, value }: { tag: 'del' | 'ins'; value: Json }) {
  const text = changeValue(value, 60);
  return text === '' ? null : <Tag>{text}</Tag>;
}
