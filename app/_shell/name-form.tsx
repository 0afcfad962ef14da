'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import type { ApiAnswer } from '../_client/api';
import { Button } from '../_ui/button';
import { Field } from '../_ui/field';
import { Input } from '../_ui/input';
import { toast } from '../_ui/toast';

type Props = {
  name: string; label: string; missing: string; saved: string; autoComplete?: string;
  /** Why it can only be read. */
  readOnly?: ReactNode;
  rename: (name: string) => Promise<ApiAnswer<unknown>>;
};

/** One name with its button: a person's, a workspace's. */
export function NameForm({ name: stored, label, missing, saved, autoComplete, readOnly, rename }: Props) {
  const common = useTranslations('common');
  const router = useRouter();
  const [name, setName] = useState(stored);
  const [error, setError] = useState('');
  const isReadOnly = readOnly !== undefined;
  const save = async () => {
    if (name.trim() === '') return setError(missing);
    const answer = await rename(name.trim());
    if (!answer.ok) return setError(answer.failure.message);
    setError('');
    toast.success(saved);
    router.refresh();
  };
  return (
    <form noValidate className="flex max-w-100 items-end gap-2 px-5" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Field label={label} error={error} help={readOnly} className="flex-1"><Input value={name} readOnly={isReadOnly} onChange={(event) => setName(event.target.value)} autoComplete={autoComplete} maxLength={100} /></Field>
      {!isReadOnly && <Button type="submit" size="lg" disabled={name.trim() === stored}>{common('save')}</Button>}
    </form>
  );
}
