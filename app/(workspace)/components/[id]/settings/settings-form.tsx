'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';
import type { ComponentModel } from '#flow/component-model';
import { api } from '../../../../_client/api';
import { Button } from '../../../../_ui/button';
import { ConfirmDialog } from '../../../../_ui/confirm-dialog';
import { Field } from '../../../../_ui/field';
import { Input } from '../../../../_ui/input';
import { Select } from '../../../../_ui/select';
import { Switch } from '../../../../_ui/switch';
import { Textarea } from '../../../../_ui/textarea';
import { toast } from '../../../../_ui/toast';
import styles from '../component.module.css';

type Props = { component: ComponentModel; counts: { entries: number; flows: number }; canEdit: boolean; children: ReactNode };

/** Title, description and access of a component, and its end. */
export function ComponentSettingsForm({ component, counts, canEdit, children }: Props) {
  const t = useTranslations('component');
  const router = useRouter();
  const { settings } = component;
  const [title, setTitle] = useState(component.title);
  const [description, setDescription] = useState(settings.description ?? '');
  const [accessMode, setAccessMode] = useState<'private' | 'public'>(settings.accessMode ?? 'private');
  const [restrictAccess, setRestrictAccess] = useState(settings.restrictAccess ?? false);
  const [proxyMode, setProxyMode] = useState(settings.proxyMode ?? false);
  const [message, setMessage] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await api(`/components/${component.id}`, { method: 'PATCH', body: { title: title.trim(), settings: { description, accessMode, restrictAccess, proxyMode } } });
    setBusy(false);
    setMessage(answer.ok ? null : answer.failure.message);
    if (!answer.ok) return;
    toast.success(t('settings.saved'));
    router.refresh();
  };
  const remove = async (): Promise<void> => {
    setDeleting(false);
    const answer = await api(`/components/${component.id}`, { method: 'DELETE' });
    if (!answer.ok) {
      toast.error(answer.failure.message);
      return;
    }
    toast.success(t('settings.deleted', { title: component.title }));
    router.push('/');
    router.refresh();
  };
  return (
    <div className={styles.scroll}>
      <form className={styles.settings} onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <fieldset disabled={!canEdit} style={{ display: 'contents' }}>
          <Field label={t('settings.title')} required error={message ?? undefined}><Input value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} /></Field>
          <Field label={t('settings.description')}><Textarea rows={3} maxLength={2000} value={description} onChange={(event) => setDescription(event.target.value)} /></Field>
          <Field label={t('settings.access')} help={t(`settings.accessHelp.${accessMode}`)}>
            <Select label={t('settings.access')} value={accessMode} onChange={(value) => setAccessMode(value === 'public' ? 'public' : 'private')} options={[{ value: 'private', label: t('settings.private') }, { value: 'public', label: t('settings.public') }]} />
          </Field>
          <div className={styles.option}><Switch checked={restrictAccess} onChange={setRestrictAccess}>{t('settings.restrict')}</Switch><small>{t('settings.restrictHelp')}</small></div>
          <div className={styles.option}><Switch checked={proxyMode} onChange={setProxyMode}>{t('settings.proxy')}</Switch><small>{t('settings.proxyHelp')}</small></div>
          {canEdit && <div className={styles.buttons}><Button variant="primary" type="submit" disabled={busy || title.trim() === ''}>{t('save')}</Button></div>}
        </fieldset>
      </form>
      {children}
      {canEdit && (
        <div className={styles.settings}>
          <section className={styles.danger}>
            <h2>{t('settings.delete')}</h2>
            <p>{t('settings.deleteText', counts)}</p>
            <Button variant="danger" type="button" onClick={() => setDeleting(true)}>{t('settings.delete')}</Button>
          </section>
        </div>
      )}
      <ConfirmDialog open={deleting} onClose={() => setDeleting(false)} onConfirm={() => void remove()} danger title={t('settings.deleteTitle', { title: component.title })} description={t('settings.deleteText', counts)} confirmLabel={t('settings.delete')} />
    </div>
  );
}
