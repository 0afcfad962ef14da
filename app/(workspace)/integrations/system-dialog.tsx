'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { SystemView } from '#db/integrations';
import { Button } from '../../_ui/button';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { Textarea } from '../../_ui/textarea';
import { useSave } from './use-save';

export function SystemDialog({ system, onClose }: { system: SystemView | null; onClose: () => void }) {
  const t = useTranslations('integrations');
  const common = useTranslations('common');
  const [name, setName] = useState(system?.name ?? '');
  const [baseUrl, setBaseUrl] = useState(system?.baseUrl ?? '');
  const [environment, setEnvironment] = useState(system?.environment ?? '');
  const [description, setDescription] = useState(system?.description ?? '');
  const { errors, busy, save, setErrors } = useSave(['name', 'baseUrl', 'environment', 'description'], onClose);
  const submit = () => {
    if (name.trim() === '') return setErrors({ name: t('nameMissing') });
    void save(system ? `/systems/${system.id}` : '/systems', system ? 'PATCH' : 'POST', { name: name.trim(), baseUrl: baseUrl.trim() || null, environment: environment.trim(), description });
  };
  return (
    <Dialog open onClose={onClose} title={system ? t('editSystem') : t('newSystem')} description={t('systemWhy')} onSubmit={submit}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy}>{t('save')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('name')} required error={errors['name']}><Input autoFocus value={name} onChange={(event) => setName(event.target.value)} maxLength={200} /></Field>
        <Field label={t('baseUrl')} help={t('baseUrlHelp')} error={errors['baseUrl']}><Input className="mono" value={baseUrl} placeholder="https://api.example.com/v1" onChange={(event) => setBaseUrl(event.target.value)} maxLength={2000} /></Field>
        <Field label={t('environment')} help={t('environmentHelp')} error={errors['environment']}><Input value={environment} onChange={(event) => setEnvironment(event.target.value)} maxLength={100} /></Field>
        <Field label={t('description')} error={errors['description']}><Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} maxLength={2000} /></Field>
        {errors[''] && <p role="alert" className="text-xs text-danger">{errors['']}</p>}
      </div>
    </Dialog>
  );
}
