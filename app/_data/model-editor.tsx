'use client';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRef, useState } from 'react';
import { systemFields, type ComponentModel } from '#flow/component-model';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { localeOf } from '../_run/duration';
import { Button } from '../_ui/button';
import { Empty } from '../_ui/empty';
import { Icon } from '../_ui/icon';
import { toast } from '../_ui/toast';
import styles from './model.module.css';
import { draftFields, move, nameFrom, troubleOf, type FieldDraft, type ModelTrouble } from './model-draft';
import { FieldRow } from './field-row';

export type OtherComponent = { id: string; title: string };
type Props = { component: ComponentModel; others: readonly OtherComponent[]; canEdit: boolean };
type Trouble = ModelTrouble & { message: string };

/** The Model tab: fields in order with all their settings, saved together and checked against the entries there are. */
export function ModelEditor({ component, others, canEdit }: Props) {
  const t = useTranslations('model');
  const locale = localeOf(useLocale());
  const router = useRouter();
  const [base, setBase] = useState(component.fields);
  const [drafts, setDrafts] = useState(() => draftFields(component.fields));
  const [open, setOpen] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const [overtaken, setOvertaken] = useState(false);
  const counter = useRef(0);
  const fields = drafts.map((draft) => draft.field);
  const dirty = JSON.stringify(fields) !== JSON.stringify(base);

  const take = (model: ComponentModel): void => {
    setBase(model.fields);
    setDrafts(draftFields(model.fields));
    setOvertaken(false);
    setTrouble(null);
  };
  const reload = async (replaces: boolean): Promise<void> => {
    const answer = await api<ComponentModel>(`/components/${component.id}`);
    if (!answer.ok || JSON.stringify(answer.data.fields) === JSON.stringify(base)) return;
    if (replaces || !dirty) take(answer.data);
    else setOvertaken(true);
  };
  useChanges([{ topic: 'component', objectId: component.id }], () => void reload(false));

  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await api<ComponentModel>(`/components/${component.id}`, { method: 'PATCH', body: { fields } });
    setBusy(false);
    if (!answer.ok) {
      const found = troubleOf(answer.failure.details, locale);
      setTrouble({ ...found, message: answer.failure.message });
      const [first] = found.byField.keys();
      if (first !== undefined) setOpen(drafts[first]?.key ?? null);
      return;
    }
    take(answer.data);
    toast.success(t('saved'));
    router.refresh();
  };

  const add = (): void => {
    const title = t('newField');
    const key = `new:${++counter.current}`;
    setDrafts([...drafts, { key, saved: false, field: { name: nameFrom(title, fields.map((field) => field.name)), title, type: 'string' } }]);
    setOpen(key);
  };
  const change = (index: number, draft: FieldDraft): void => setDrafts(drafts.map((each, at) => (at === index ? draft : each)));

  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        {canEdit && <Button icon="plus" onClick={add}>{t('add')}</Button>}
        <span className={styles.hint}>{t('system', { names: systemFields.join(', ') })}</span>
        {canEdit && dirty && <Button variant="ghost" onClick={() => { setDrafts(draftFields(base)); setTrouble(null); }}>{t('discard')}</Button>}
        {canEdit && <Button variant="primary" disabled={!dirty || busy} onClick={() => void save()}>{t('save')}</Button>}
      </div>
      <div className={styles.scroll}>
        {overtaken && <div className={styles.note} role="status"><Icon name="users" size={14} /><span>{t('overtaken')}</span><Button size="sm" onClick={() => void reload(true)}>{t('reload')}</Button></div>}
        {trouble && (
          <div className={styles.alert} role="alert">
            <Icon name="octagon-x" size={14} />
            <div>
              <b>{t('notSaved')}</b> {trouble.entries.length > 0 ? t('violations', { count: new Set(trouble.entries.map((each) => each.entryId)).size }) : trouble.message}
              {trouble.entries.length > 0 && <ul>{trouble.entries.slice(0, 20).map((each, index) => <li key={index}><Link href={`/components/${component.id}?entry=${each.entryId}`}>{t('entry', { id: each.entryId })}</Link> {each.message}</li>)}</ul>}
              {trouble.entries.length > 20 && <p>{t('violationsMore', { count: trouble.entries.length - 20 })}</p>}
            </div>
          </div>
        )}
        {drafts.length === 0 && <Empty title={t('none')} why={t('noneWhy')} action={canEdit ? <Button variant="primary" icon="plus" onClick={add}>{t('add')}</Button> : undefined} />}
        <ol className={styles.fields} aria-label={t('fields')}>
          {drafts.map((draft, index) => (
            <FieldRow key={draft.key} draft={draft} others={others} canEdit={canEdit} open={open === draft.key} faults={trouble?.byField.get(index) ?? []} taken={fields.filter((_, at) => at !== index).map((field) => field.name)}
              acts={{
                toggle: () => setOpen(open === draft.key ? null : draft.key), change: (next) => change(index, next), remove: () => setDrafts(drafts.filter((_, at) => at !== index)),
                up: index > 0 ? () => setDrafts(move(drafts, index, index - 1)) : null, down: index < drafts.length - 1 ? () => setDrafts(move(drafts, index, index + 1)) : null,
              }} />
          ))}
        </ol>
      </div>
    </div>
  );
}
