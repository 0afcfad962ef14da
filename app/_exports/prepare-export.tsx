'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import type { ExportView } from '#db/exports';
import type { ExportRequest } from '#flow/export-request';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';
import { localeOf } from '../_run/duration';
import { toast } from '../_ui/toast';

export const downloadPath = (exportId: string) => `/api/v1/exports/${exportId}/content`;

/** The browser saves what the server sends as an attachment; the page stays. */
export function download(exportId: string): void {
  window.location.assign(downloadPath(exportId));
}

/** Asks for a list as a file. While the page is open a note follows it to its end; the inbox tells of it in any case. */
export function usePrepareExport() {
  const t = useTranslations('exports');
  const locale = localeOf(useLocale());
  const [busy, setBusy] = useState(false);
  const [followed, setFollowed] = useState<string | null>(null);
  const look = useCallback(async (id: string): Promise<void> => {
    const answer = await api<ExportView>(`/exports/${id}`);
    if (!answer.ok || answer.data.state === 'preparing') return;
    const { name, error, state } = answer.data;
    setFollowed((now) => (now === id ? null : now));
    if (state === 'ready') toast.success(t('ready', { name }), { id, sticky: true, action: { label: t('download'), onClick: () => download(id) } });
    else toast.error(t('failedWhy', { name, why: error?.text[locale] ?? '' }), { id });
  }, [t, locale]);
  useChanges(followed === null ? [] : [{ topic: 'export', objectId: followed }], () => followed !== null && void look(followed));
  // It may have been ready before the page began to listen.
  useEffect(() => {
    if (followed !== null) void look(followed);
  }, [followed, look]);
  const prepare = async (request: ExportRequest): Promise<void> => {
    setBusy(true);
    const answer = await api<ExportView>('/exports', { method: 'POST', body: request });
    setBusy(false);
    if (!answer.ok) return void toast.error(answer.failure.message);
    const { id, name } = answer.data;
    toast.info(t('asked', { name }), { id, sticky: true }); // without an act: the note that follows would put another under the pointer
    setFollowed(id);
  };
  return { prepare, busy };
}
