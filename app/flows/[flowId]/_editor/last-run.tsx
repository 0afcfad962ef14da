'use client';
import { useTranslations } from 'next-intl';
import type { RunSummary } from '#db/run-row';
import { statusKey } from '../../../_run/run-chips';
import { Button } from '../../../_ui/button';
import { RelativeTime } from '../../../_ui/relative-time';
import { StatusMark } from '../../../_ui/status-mark';

export function LastRun({ run, onAttach }: { run: RunSummary | null; onAttach: (runId: string) => void }) {
  const t = useTranslations('editor');
  if (!run) return null;
  return (
    <Button variant="ghost" onClick={() => onAttach(run.id)}>
      <span className="flex items-center gap-1.5"><StatusMark status={statusKey(run)} size={13} /><span className="text-text">{t('lastRun')}</span><RelativeTime at={run.finishedAt ?? run.createdAt} className="font-regular" /></span>
    </Button>
  );
}
