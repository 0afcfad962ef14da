'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { toast } from '../../_ui/toast';

export function WorkspaceName({ name: stored, canEdit }: { name: string; canEdit: boolean }) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const router = useRouter();
  const [name, setName] = useState(stored);
  const [error, setError] = useState('');
  const save = async () => {
    if (name.trim() === '') return setError(t('nameMissing'));
    const answer = await api('/workspace', { method: 'PATCH', body: { name: name.trim() } });
    if (!answer.ok) return setError(answer.failure.message);
    setError('');
    toast.success(t('nameSaved'));
    router.refresh();
  };
  return (
    <form noValidate className="flex max-w-100 items-end gap-2 px-5" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Field label={t('name')} error={error} help={canEdit ? undefined : t('readOnly')} className="flex-1"><Input value={name} readOnly={!canEdit} onChange={(event) => setName(event.target.value)} maxLength={100} /></Field>
      {canEdit && <Button type="submit" size="lg" disabled={name.trim() === stored}>{common('save')}</Button>}
    </form>
  );
}
