'use client';
import { useLocale, useTranslations } from 'next-intl';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RunSummary } from '#db/run-row';
import type { Place } from '#flow/whereabouts';
import { useOthersHere } from '../../_client/whereabouts';
import { useInbox } from '../../_inbox/inbox-context';
import { AskedBy } from '../../_inbox/task-facts';
import { localeOf } from '../../_run/duration';
import { useOpenRuns } from '../../_shell/open-runs';
import { Avatar } from '../../_ui/avatar';
import { Icon } from '../../_ui/icon';
import { Meter } from '../../_ui/meter';
import { RelativeTime } from '../../_ui/relative-time';
import { StatusMark } from '../../_ui/status-mark';

const triggerIcons: Record<string, string> = { api: 'key', schedule: 'clock', cron: 'clock', webhook: 'webhook', message: 'mail', flow: 'link', workflow: 'workflow' };
const mostShown = 12;

/** What is going on in the workspace, live, and what ended last. */
export function SideColumn({ me, recent }: { me: string | null; recent: readonly RunSummary[] }) {
  const t = useTranslations('home');
  const { open, ended } = useOpenRuns();
  const known = new Set([...open, ...ended].map((run) => run.id));
  const last = [...ended, ...recent.filter((run) => !known.has(run.id) && run.finishedAt !== null)].slice(0, 6);
  return (
    <aside aria-label={t('side')} className="flex-none overflow-auto border-line lg:w-80 lg:border-l">
      <WaitingForMe />
      <Section title={t('now')} count={open.length}>
        {open.slice(0, mostShown).map((run) => <RunLine key={run.id} run={run} me={me} />)}
        {open.length === 0 && <p className="text-xs text-muted">{t('nothingNow')}</p>}
        {open.length > mostShown && <Link href="/runs?status=running" className="words-link text-xs">{t('moreRuns', { count: open.length - mostShown })}</Link>}
      </Section>
      <HereNow />
      {last.length > 0 && <Section title={t('lately')}>
        {last.map((run) => <RunLine key={run.id} run={run} me={me} />)}
        <Link href="/runs" className="words-link mt-1 inline-block text-xs">{t('allRuns')}</Link>
      </Section>}
    </aside>
  );
}

/** Questions of workflows that the signed-in person may answer. */
function WaitingForMe() {
  const t = useTranslations('inbox');
  const locale = localeOf(useLocale());
  const { tasks } = useInbox();
  if (tasks.length === 0) return null;
  return (
    <Section title={t('waiting')} count={tasks.length}>
      <ul>
        {tasks.slice(0, 5).map((task) => (
          <li key={task.id}>
            <Link href={`/inbox?task=${task.id}`} className="-mx-2 flex min-h-11 items-center gap-2.5 rounded-2 px-2 py-1 hover:bg-hover">
              <StatusMark status="waiting" size={15} />
              <span className="min-w-0 flex-1"><span className="block font-medium">{task.question[locale]}</span><AskedBy task={task} /></span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Colleagues with a page of this workspace open, and which one. */
function HereNow() {
  const t = useTranslations('home');
  const others = useOthersHere();
  if (others.length === 0) return null;
  return (
    <Section title={t('here')} count={others.length}>
      <ul>
        {others.slice(0, mostShown).map(({ user, place }) => (
          <li key={user.id} className="flex h-9 items-center gap-2.5">
            <Avatar user={user} size={22} decorative />
            <span className="min-w-0 truncate"><span className="font-medium">{user.name}</span> <WhereLink place={place} /></span>
          </li>
        ))}
      </ul>
      {others.length > mostShown && <p className="text-xs text-muted">{t('moreHere', { count: others.length - mostShown })}</p>}
    </Section>
  );
}

function WhereLink({ place }: { place: Place }) {
  const t = useTranslations('home');
  if (place.page === 'elsewhere') return <span className="text-xs text-muted">{t('where.elsewhere')}</span>;
  const href = { flow: `/flows/${place.objectId}`, run: `/runs/${place.objectId}`, component: `/components/${place.objectId}${'entryId' in place && place.entryId ? `?entry=${place.entryId}` : ''}` }[place.page];
  return <Link href={href} className="words-link text-xs">{t('where.in', { title: place.title })}{place.detail ? `, ${place.detail}` : ''}</Link>;
}

function Section({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <section className="border-t border-line px-4 pt-3.5 pb-3 first:border-t-0 lg:border-t-0 lg:border-b">
      <h2 className="mb-2 text-xs font-strong">{title}{count !== undefined && <span className="num ml-1.5 font-medium text-muted">{count}</span>}</h2>
      {children}
    </section>
  );
}

function RunLine({ run, me }: { run: RunSummary; me: string | null }) {
  const t = useTranslations('home');
  const status = useTranslations('common.status');
  const person = run.startedBy.id !== null && run.trigger !== 'api' ? run.startedBy : null;
  const who = person ? (person.id === me ? t('you') : person.name) : run.trigger === 'api' ? t('apiKey') : (run.triggerName ?? run.startedBy.name ?? t('program'));
  const words = run.status === 'succeeded' && run.warnings > 0 ? 'warning' : run.status;
  const running = run.finishedAt === null && run.stepsTotal > 0 && run.status !== 'queued';
  return (
    <Link href={`/runs/${run.id}`} className="-mx-2 flex h-11 items-center gap-2.5 rounded-2 px-2 hover:bg-hover">
      <StatusMark status={words} size={15} />
      <span className="min-w-0 flex-1">
        <span className="block truncate leading-[18px] font-medium">{run.flowName}</span>
        <span className="flex items-center gap-[5px] text-xs text-muted">
          {person ? <Avatar user={{ id: person.id, name: person.name ?? '' }} size={16} me={person.id === me} decorative /> : <Icon name={triggerIcons[run.trigger] ?? 'play'} size={12} />}
          <span className="truncate">{who}, <RelativeTime at={run.finishedAt ?? run.startedAt ?? run.createdAt} /></span>
        </span>
      </span>
      <span className="flex-none text-right text-xs">
        {running ? <><span className="num block">{t('stepsOf', { done: run.stepsDone, total: run.stepsTotal })}</span><Meter done={run.stepsDone} total={run.stepsTotal} status={run.status} /></>
          : <span className="text-muted">{status.has(words) ? status(words as 'queued') : words}</span>}
      </span>
    </Link>
  );
}
