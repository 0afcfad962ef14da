'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { shortRunName } from '#flow/id';
import { Badge } from '../_ui/badge';
import { RelativeTime } from '../_ui/relative-time';

/** A tick as `GET /schedules` answers it: `failure` in the language of the page. */
export type ShownTick = { at: string; outcome: 'run' | 'queued' | 'skipped' | 'missed' | 'refused'; runId: string | null; failure: { code: string; message: string } | null };

const tones = { run: 'success', queued: 'neutral', skipped: 'warning', missed: 'warning', refused: 'danger' } as const;

export function ScheduleTicks({ ticks }: { ticks: readonly ShownTick[] }) {
  const t = useTranslations('triggers');
  if (ticks.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 text-xs font-medium text-muted">{t('lastTicks')}</h3>
      <ul className="divide-y divide-line rounded-2 border border-line">
        {ticks.map((tick) => (
          <li key={tick.at} className="flex min-h-8 items-center gap-2 px-3 py-1.5 text-sm">
            <Badge tone={tones[tick.outcome]}>{t(`outcome.${tick.outcome}`)}</Badge>
            <span className="min-w-0 flex-1 text-xs text-muted">{tick.failure?.message ?? (tick.outcome === 'run' ? '' : t(`outcomeWhy.${tick.outcome}`))}{tick.runId && <Link href={`/runs/${tick.runId}`} className="mono words-link">{shortRunName(tick.runId)}</Link>}</span>
            <RelativeTime at={tick.at} className="flex-none text-xs text-faint" />
          </li>
        ))}
      </ul>
    </div>
  );
}
