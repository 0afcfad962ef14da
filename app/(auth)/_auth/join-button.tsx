'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { ErrorNote } from '../../_ui/error-note';

export function JoinButton({ token }: { token: string }) {
  const t = useTranslations('auth.invite');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const join = async () => {
    setBusy(true);
    const answer = await api('/invitations/accept', { method: 'POST', body: { token } });
    if (answer.ok) return window.location.assign('/');
    setBusy(false);
    setError(answer.failure.message);
  };
  return (
    <>
      <Button variant="primary" size="lg" disabled={busy} className="mt-5 h-9 w-full text-md" onClick={() => void join()}>{t('accept')}</Button>
      {error && <ErrorNote title={error} className="mt-4" />}
    </>
  );
}
