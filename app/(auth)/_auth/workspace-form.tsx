'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';

export function WorkspaceForm() {
  const t = useTranslations('auth.welcome');
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const create = async () => {
    if (name.trim() === '') return setError(t('nameMissing'));
    setBusy(true);
    const answer = await api('/workspaces', { method: 'POST', body: { name: name.trim() } });
    if (answer.ok) return window.location.assign('/');
    setBusy(false);
    setError(answer.failure.message);
  };
  return (
    <form noValidate className="mt-5 flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); void create(); }}>
      <Field label={t('name')} error={error}><Input size="xl" value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoFocus /></Field>
      <Button type="submit" variant="primary" size="lg" disabled={busy} className="h-9 w-full text-md">{t('create')}</Button>
    </form>
  );
}
