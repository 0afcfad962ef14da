'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import type { RunSummary } from '#db/run-row';
import { runStatuses } from '#flow/run-state';
import { useStartFlow } from '../../_data/flow-buttons';
import { Icon } from '../../_ui/icon';
import { IconButton } from '../../_ui/icon-button';
import { RelativeTime } from '../../_ui/relative-time';
import { StatusWord } from '../../_ui/status-word';
import type { HomeFlow } from './home-list';

type Props = { flow: HomeFlow; run: RunSummary | undefined; canRun: boolean; onAsk: () => void };

/** A flow starts at once when it needs nothing, else it asks for the entry to start on. */
export function FlowRow({ flow, run, canRun, onAsk }: Props) {
  const t = useTranslations('home');
  const { start, busy } = useStartFlow();
  const asks = flow.kind === 'workflow' || flow.takesForm;
  const published = flow.publishedVersion !== null;
  return (
    <li className="relative flex min-h-13 items-center gap-3 border-t border-line px-5 py-1 hover:bg-hover">
      <span className="inline-flex size-7 flex-none items-center justify-center rounded-[5px] bg-sunken text-muted"><Icon name={flow.kind === 'workflow' ? 'git-branch' : 'workflow'} size={15} /></span>
      <span className="min-w-0 flex-1">
        <Link href={`/flows/${flow.id}`} className="block truncate leading-[18px] font-medium after:absolute after:inset-0 after:content-['']">{flow.name}</Link>
        <span className="block truncate text-xs text-muted">{[t(`kind.${flow.kind}`), flow.description].filter(Boolean).join('. ')}</span>
      </span>
      <span className="hidden w-36 flex-none items-center sm:flex">{run && <LastRun run={run} />}</span>
      <span className="hidden w-30 flex-none truncate text-xs text-muted md:block">{published ? t('version', { version: flow.publishedVersion ?? 0 }) : t('unpublished')}</span>
      {canRun && <span className="relative z-1"><IconButton label={published ? t('run', { name: flow.name }) : t('runUnpublished', { name: flow.name })} icon="play" variant="secondary" disabled={!published || busy.has(flow.id)} onClick={() => (asks ? onAsk() : void start(flow, null))} /></span>}
    </li>
  );
}

function LastRun({ run }: { run: RunSummary }) {
  const t = useTranslations('home');
  const status = useTranslations('common.status');
  const open = run.finishedAt === null;
  const words = runStatuses.find((each) => each === run.status);
  return (
    <Link href={`/runs/${run.id}`} className="relative z-1 inline-flex max-w-full rounded-1 hover:underline">
      <StatusWord status={run.status} warnings={run.warnings} size={13}>
        {open ? run.status === 'running' && run.stepsTotal > 0 ? <span className="num">{t('runningSteps', { done: run.stepsDone, total: run.stepsTotal })}</span> : undefined : <RelativeTime at={run.finishedAt} />}
      </StatusWord>
      {!open && words && <span className="sr-only">{t('lastRun', { status: status(words) })}</span>}
    </Link>
  );
}
