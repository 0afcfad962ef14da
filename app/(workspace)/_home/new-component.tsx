'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { Textarea } from '../../_ui/textarea';
import { ImportComponent } from './import-component';

/** Makes a component and goes on to its fields. */
export function NewComponent({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('home.component');
  const common = useTranslations('common');
  const router = useRouter();
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [fromFile, setFromFile] = useState(false);
  const create = async () => {
    if (title.trim() === '') return setError(t('titleMissing'));
    setBusy(true);
    const settings = description.trim() === '' ? {} : { settings: { description: description.trim() } };
    const answer = await api<{ id: string }>('/components', { method: 'POST', body: { title: title.trim(), fields: [], ...settings } });
    setBusy(false);
    if (!answer.ok) return setError(answer.failure.message);
    onClose();
    router.push(`/components/${answer.data.id}/model`);
  };
  if (open && fromFile) return <ImportComponent onClose={() => { setFromFile(false); onClose(); }} />;
  return (
    <Dialog open={open} onClose={onClose} title={t('new')} description={t('why')} size="sm" onSubmit={() => void create()}
      footer={<><span className="mr-auto"><Button variant="ghost" icon="file-up" onClick={() => setFromFile(true)}>{t('fromFile')}</Button></span><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy}>{t('create')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('title')} error={error} required><Input autoFocus value={title} onChange={(event) => setTitle(event.target.value)} maxLength={200} /></Field>
        <Field label={t('description')} help={t('descriptionHelp')}><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} maxLength={2_000} /></Field>
      </div>
    </Dialog>
  );
}
