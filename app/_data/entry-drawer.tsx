'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { usePlace } from '../_client/whereabouts';
import { AlsoHere } from '../_shell/also-here';
import { EntryInstances } from '../_inbox/entry-instances';
import { EntryTasks } from '../_inbox/entry-tasks';
import { localeOf } from '../_run/duration';
import { Button } from '../_ui/button';
import { ConfirmDialog } from '../_ui/confirm-dialog';
import { Field } from '../_ui/field';
import { Icon } from '../_ui/icon';
import { IconButton } from '../_ui/icon-button';
import { Input } from '../_ui/input';
import { Skeleton } from '../_ui/skeleton';
import { toast } from '../_ui/toast';
import styles from './data.module.css';
import { fieldMessages, rebase, startDraft, type EntryDraft } from './entry-draft';
import { EntryFacts } from './entry-facts';
import { EntryHistory } from './entry-history';
import { FieldControl, isHalf } from './field-control';
import type { StartFailure } from './start-flow';
import { FlowButtons, type StartableFlow } from './flow-buttons';
import { changedData, dataOf } from './form-values';

type Props = {
  component: ComponentModel;
  flows: readonly StartableFlow[];
  entryId: number | 'new';
  can: { write: boolean; run: boolean };
  onClose: () => void;
  onSaved: (entryId: number | null) => void;
};

type Trouble = { title: string; text: string; byField: Map<string, string> } | null;

/** One entry in a form beside the grid: made, changed, deleted, its history, and the flows that start from it. */
export function EntryDrawer({ component, flows, entryId, can, onClose, onSaved }: Props) {
  const t = useTranslations('data');
  const locale = localeOf(useLocale());
  const { fields } = component;
  const [draft, setDraft] = useState<EntryDraft | null>(() => (entryId === 'new' ? startDraft(fields, null) : null));
  const [trouble, setTrouble] = useState<Trouble>(null);
  const [busy, setBusy] = useState(false);
  const [view, setView] = useState<'form' | 'history'>('form');
  const [deleting, setDeleting] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const path = `/components/${component.id}/entries`;

  const read = useCallback(async (): Promise<void> => {
    if (entryId === 'new') return;
    const answer = await api<EntryModel>(`${path}/${entryId}`);
    if (answer.ok) setDraft((before) => (before ? rebase(fields, before, answer.data) : startDraft(fields, answer.data)));
    else setTrouble({ title: t('form.gone'), text: answer.failure.message, byField: new Map() });
  }, [entryId, path, fields, t]);
  useEffect(() => void read(), [read]);
  useChanges([{ topic: 'entry', objectId: component.id }], (changes) => {
    if (changes.length === 0 || changes.some((change) => change.entryId === entryId)) void read();
  });

  useEffect(() => {
    if (!trouble) return;
    const first = body.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? body.current?.querySelector<HTMLElement>('[role="alert"]');
    first?.focus();
  }, [trouble]);

  const base = draft?.base ?? null;
  const changed = useMemo(() => (draft ? changedData(fields, base?.data ?? {}, draft.data) : {}), [draft, base, fields]);
  const dirty = draft !== null && (Object.keys(changed).length > 0 || draft.name !== (base?.name ?? ''));

  const save = async (): Promise<void> => {
    if (!draft || busy) return;
    setBusy(true);
    const name = draft.name.trim() === '' ? null : draft.name.trim();
    const answer = entryId === 'new'
      ? await api<EntryModel>(path, { method: 'POST', body: { ...(name === null ? {} : { name }), data: dataOf(fields, draft.data) } })
      : await api<EntryModel>(`${path}/${entryId}`, { method: 'PATCH', body: { ...(draft.name === (base?.name ?? '') ? {} : { name }), data: changed, ...(base?.updateDate ? { loadedAt: base.updateDate } : {}) } });
    setBusy(false);
    if (!answer.ok) {
      if (answer.failure.code === 'CONFLICT') await read();
      const byField = fieldMessages(answer.failure.details, locale, fields);
      setTrouble({ title: byField.size > 0 ? t('form.notSavedFields', { count: byField.size }) : t('form.notSaved'), text: byField.size > 0 ? t('form.nothingChanged') : answer.failure.message, byField });
      return;
    }
    setTrouble(null);
    setDraft(startDraft(fields, answer.data));
    toast.success(t(entryId === 'new' ? 'toast.created' : 'toast.saved', { name: answer.data.name ?? `#${answer.data.id}` }));
    onSaved(answer.data.id);
  };

  const remove = async (): Promise<void> => {
    setDeleting(false);
    const answer = await api<unknown>(`${path}/${entryId}`, { method: 'DELETE' });
    if (!answer.ok) {
      setTrouble({ title: t('form.notDeleted'), text: answer.failure.message, byField: new Map() });
      return;
    }
    toast.success(t('toast.deleted', { name: base?.name ?? `#${entryId}` }));
    onSaved(null);
  };

  const refused = (failure: StartFailure): boolean => {
    const byField = fieldMessages(failure.details, locale, fields);
    if (byField.size > 0) setTrouble({ title: t('form.notStartedFields', { count: byField.size }), text: failure.message, byField });
    return byField.size > 0;
  };
  const title = entryId === 'new' ? t('form.newTitle', { component: component.title }) : (base?.name || `#${entryId}`);
  const [touched, setTouched] = useState<string | null>(null);
  usePlace(typeof entryId === 'number' ? { page: 'component', objectId: component.id, title: component.title, entryId, ...(touched === null ? { detail: title.slice(0, 200) } : { detail: touched }) } : null);
  const input = () => ({ id: base?.id ?? 0, name: draft?.name || null, data: draft ? dataOf(fields, draft.data) : {} });
  return (
    <aside className={styles.drawer} aria-label={title} onKeyDown={(event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
    }}>
      <header className={styles.head}>
        <h2>{title}</h2><span>{entryId === 'new' ? '' : entryId}</span>
        {entryId !== 'new' && <IconButton label={t(view === 'form' ? 'history.open' : 'history.close')} icon={view === 'form' ? 'history' : 'form-input'} onClick={() => setView(view === 'form' ? 'history' : 'form')} />}
        <IconButton label={t('form.close')} icon="x" onClick={onClose} />
      </header>
      <div className={styles.body} ref={body}>
        {view === 'history' && entryId !== 'new' ? <EntryHistory component={component} entryId={entryId} /> : !draft && !trouble ? <Skeleton lines={8} /> : (
          <>
            {trouble && <div className={styles.alert} role="alert" tabIndex={-1}><span><Icon name="octagon-x" size={14} /></span><div><b>{trouble.title}</b><p>{trouble.text}</p></div></div>}
            {draft && draft.contested.length > 0 && (
              <div className={styles.alert} data-calm role="status"><span><Icon name="users" size={14} /></span>
                <div><b>{t('form.contested', { name: base?.changeAuthor?.name ?? t('form.someone') })}</b>
                  <p>{t('form.contestedFields', { fields: draft.contested.map((name) => fields.find((field) => field.name === name)?.title ?? name).join(', ') })}</p>
                  <Button size="sm" variant="ghost" onClick={() => setDraft(startDraft(fields, base))}>{t('form.takeTheirs')}</Button></div></div>
            )}
            {typeof entryId === 'number' && <EntryTasks componentId={component.id} entryId={entryId} canAnswer={can.run} />}
            {draft && (
              <form id="entry-form" className={styles.form} noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
                <fieldset disabled={!can.write} style={{ display: 'contents' }}>
                  <Field label={t('column.name')} error={trouble?.byField.get('name')}>
                    <Input autoFocus={entryId === 'new'} value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
                  </Field>
                  {fields.map((field) => (
                    <div key={field.name} data-half={isHalf(field) || undefined} onFocus={() => setTouched(field.title.slice(0, 200))}>
                      <Field label={field.title} required={field.required ?? false} error={trouble?.byField.get(field.name)}>
                        <FieldControl field={field} value={draft.data[field.name] ?? null} invalid={trouble?.byField.has(field.name) ?? false}
                          onChange={(value) => setDraft((before) => before && { ...before, data: { ...before.data, [field.name]: value } })} />
                      </Field>
                    </div>
                  ))}
                </fieldset>
              </form>
            )}
            {typeof entryId === 'number' && <AlsoHere page="component" objectId={component.id} entryId={entryId} words={(names, count) => t('form.alsoHere', { names, count })} detailed />}
            {typeof entryId === 'number' && <EntryInstances componentId={component.id} entryId={entryId} canRun={can.run} />}
            {base && <EntryFacts entry={base} />}
          </>
        )}
      </div>
      <footer className={styles.foot}>
        {can.write && view === 'form' && <Button variant="primary" type="submit" form="entry-form" disabled={busy || !draft || (!dirty && entryId !== 'new')}>{t('form.save')}</Button>}
        {can.run && view === 'form' && draft && <FlowButtons flows={flows} target={{ entryId: base?.id ?? null, input, name: title, dirty }} onRefused={refused} />}
        {dirty && <Button variant="ghost" onClick={() => { setTrouble(null); setDraft(startDraft(fields, base)); }}>{t('form.revert')}</Button>}
        {can.write && entryId !== 'new' && <span className={styles.end}><IconButton label={t('form.delete')} icon="trash-2" onClick={() => setDeleting(true)} /></span>}
      </footer>
      <ConfirmDialog open={deleting} onClose={() => setDeleting(false)} onConfirm={() => void remove()} danger title={t('form.deleteTitle', { name: title })} description={t('form.deleteText')} confirmLabel={t('form.delete')} />
    </aside>
  );
}
