'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { authApi } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { toast } from '../../_ui/toast';

export function NameForm({ name: stored }: { name: string }) {
  const t = useTranslations('account');
  const common = useTranslations('common');
  const router = useRouter();
  const [name, setName] = useState(stored);
  const [error, setError] = useState('');
  const save = async () => {
    if (name.trim() === '') return setError(t('nameMissing'));
    const answer = await authApi('/update-user', { name: name.trim() });
    if (!answer.ok) return setError(answer.failure.message);
    setError('');
    toast.success(t('nameSaved'));
    router.refresh();
  };
  return (
    <form noValidate className="flex max-w-100 items-end gap-2 px-5" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Field label={t('name')} error={error} className="flex-1"><Input value={name} onChange={(event) => setName(event.target.value)} autoComplete="name" maxLength={100} /></Field>
      <Button type="submit" size="lg" disabled={name.trim() === stored}>{common('save')}</Button>
    </form>
  );
}
