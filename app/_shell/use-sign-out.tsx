'use client';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';
import { canonicalJson } from '#flow/canonical';
import { authApi } from '../_client/api';
import { forgetOfflineCopies, unsentCopies, type UnsentCopy } from '../_client/offline-copy';
import { saveFile } from '../_client/save-file';
import { fileNameOf } from '../_flow-file/read-definition';
import { Button } from '../_ui/button';
import { ConfirmDialog } from '../_ui/confirm-dialog';

/** Signing out leaves nothing of a flow on the device; edits that only this device has are offered as files first. */
export function useSignOut(): { signOut: () => void; dialog: ReactNode } {
  const t = useTranslations('signOut');
  const [copies, setCopies] = useState<UnsentCopy[]>([]);
  const ask = async (): Promise<void> => {
    const unsent = await unsentCopies();
    if (unsent.length === 0) return leave();
    setCopies(unsent);
  };
  const dialog = copies.length > 0 && (
    <ConfirmDialog open danger onClose={() => setCopies([])} onConfirm={() => void leave()} confirmLabel={t('discard')} cancelLabel={t('stay')}
      title={t('title', { count: copies.reduce((sum, each) => sum + each.unsaved, 0) })} description={t('why')}>
      <ul className="grid gap-2">
        {copies.map(({ unsaved, definition }, at) => (
          <li key={at} className="flex items-center justify-between gap-3 text-sm">
            <span className="min-w-0 truncate">{t('flow', { name: definition.name, count: unsaved })}</span>
            <Button size="sm" icon="download" onClick={() => saveFile(fileNameOf(definition.name), canonicalJson(definition))}>{t('download')}</Button>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  );
  return { signOut: () => void ask(), dialog };
}

/** A full load, because everything drawn so far was drawn for this person. */
async function leave(): Promise<void> {
  await authApi('/sign-out');
  await forgetOfflineCopies();
  window.location.assign('/sign-in');
}
