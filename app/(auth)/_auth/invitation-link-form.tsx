'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';

/** Opens an invitation from its pasted link or bare token. */
export function InvitationLinkForm() {
  const t = useTranslations('auth.link');
  const router = useRouter();
  const [link, setLink] = useState('');
  const [error, setError] = useState('');
  const open = () => {
    const token = /(?:^|\/invite\/)([A-Za-z0-9_-]{8,200})\/?$/.exec(link.trim())?.[1];
    if (token) router.push(`/invite/${token}`);
    else setError(t('error'));
  };
  return (
    <form noValidate className="mt-5 flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); open(); }}>
      <Field label={t('label')} error={error}><Input size="xl" value={link} onChange={(event) => setLink(event.target.value)} placeholder="https://…/invite/…" autoFocus /></Field>
      <Button type="submit" variant="primary" size="lg" className="h-9 w-full text-md">{t('open')}</Button>
    </form>
  );
}
