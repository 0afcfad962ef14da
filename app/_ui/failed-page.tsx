'use client';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button, ButtonLink } from './button';
import { ErrorNote } from './error-note';

/** What a page shows instead of itself when drawing it failed. */
export function FailedPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations('shell.failed');
  useEffect(() => console.error(error), [error]);
  return (
    <ErrorNote className="px-5 py-12" title={<h1>{t('title')}</h1>} action={<><Button variant="primary" icon="refresh-cw" onClick={reset}>{t('retry')}</Button><ButtonLink href="/">{t('home')}</ButtonLink></>}>
      <p>{t('why')}</p>
      {error.digest && <p className="mt-1">{t('code')} <code className="mono">{error.digest}</code></p>}
    </ErrorNote>
  );
}
