'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../../_client/api';
import { saveFile } from '../../_client/save-file';
import { Button } from '../../_ui/button';
import { toast } from '../../_ui/toast';

type Events = { items: unknown[]; nextCursor: string | null };

/** The run with its definition and every event as one JSON file. */
export function ExportRun({ runId, shortName }: { runId: string; shortName: string }) {
  const t = useTranslations('replay');
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    const run = await api<object>(`/runs/${runId}?definition=1`);
    const events: unknown[] = [];
    for (let after: string | null = '0'; after !== null && run.ok; ) {
      const page: Awaited<ReturnType<typeof api<Events>>> = await api<Events>(`/runs/${runId}/events?after=${after}&limit=1000`);
      if (!page.ok) {
        toast.error(page.failure.message);
        break;
      }
      events.push(...page.data.items);
      after = page.data.nextCursor;
    }
    setBusy(false);
    if (!run.ok) {
      toast.error(run.failure.message);
      return;
    }
    saveFile(`run-${shortName}.json`, JSON.stringify({ run: run.data, events }, null, 2));
  };
  return <Button icon="download" disabled={busy} onClick={() => void save()}>{t('export')}</Button>;
}
