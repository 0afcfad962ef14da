'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useChanges } from '../_client/run-stream';
import { Avatar } from '../_ui/avatar';
import { classNames } from '../_ui/class-names';
import { Icon } from '../_ui/icon';
import { Kbd } from '../_ui/kbd';
import { StatusMark } from '../_ui/status-mark';
import { Count } from '../_inbox/count';
import { useInbox } from '../_inbox/inbox-context';
import { useOpenRuns } from './open-runs';
import { isAt, placesFor } from './places';
import { UserMenu } from './user-menu';
import { WorkspaceMenu, type WorkspaceChoice } from './workspace-menu';

export type SidebarFacts = {
  user: { id: string; name: string };
  workspace: WorkspaceChoice;
  workspaces: readonly WorkspaceChoice[];
  canCreateWorkspace: boolean;
  components: readonly { id: string; title: string; icon: string }[];
};

export function Sidebar({ facts, onFind }: { facts: SidebarFacts; onFind: () => void }) {
  const t = useTranslations('shell');
  const router = useRouter();
  const { open } = useOpenRuns();
  const { count } = useInbox();
  useChanges([{ topic: 'component' }, { topic: 'member' }], () => router.refresh());
  return (
    <div className="hidden w-(--sidebar) flex-none flex-col border-r border-line bg-sunken md:flex">
      <div className="flex h-12 items-center px-2"><WorkspaceMenu current={facts.workspace} workspaces={facts.workspaces} canCreate={facts.canCreateWorkspace} /></div>
      <button type="button" onClick={onFind} className="mx-2 mt-0.5 mb-2.5 flex h-7 items-center gap-1.5 rounded-2 border border-line-strong bg-surface pr-1.5 pl-2 text-xs text-muted hover:bg-hover">
        <Icon name="search" size={14} /><span className="truncate">{t('find')}</span><span className="ml-auto"><Kbd keys="Ctrl K" /></span>
      </button>
      <nav aria-label={t('nav')} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <Entry href="/" icon="house">{t('place.home')}</Entry>
        <Entry href="/inbox" icon="inbox" aside={count > 0 && <Count count={count} label={t('inboxCount', { count })} />}>{t('place.inbox')}</Entry>
        <Entry href="/runs" icon="play" aside={open.length > 0 && <span className="num flex items-center gap-1 text-accent-text"><StatusMark status="running" size={11} /><span className="sr-only">{t('goingOn')}</span>{open.length}</span>}>{t('place.runs')}</Entry>
        <Heading>{t('components')}</Heading>
        {facts.components.map((each) => <Entry key={each.id} href={`/components/${each.id}`} icon={each.icon}>{each.title}</Entry>)}
        {facts.components.length === 0 && <p className="px-2 text-xs text-faint">{t('noComponents')}</p>}
        <Heading>{t('workspace.label')}</Heading>
        {placesFor(facts.workspace.role).slice(3).map((place) => <Entry key={place.key} href={place.href} icon={place.icon}>{t(`place.${place.key}`)}</Entry>)}
      </nav>
      <UserMenu trigger={
        <button type="button" aria-label={t('userOf', { name: facts.user.name })} className="focus-inset flex h-13 flex-none items-center gap-2 border-t border-line px-3.5 text-left hover:bg-hover">
          <Avatar user={facts.user} size={24} me decorative />
          <span className="min-w-0 flex-1 leading-4 font-medium"><span className="block truncate">{facts.user.name}</span><span className="block text-2xs leading-[14px] font-regular text-muted">{t(`role.${facts.workspace.role}`)}</span></span>
          <span className="text-faint"><Icon name="chevrons-up-down" size={14} /></span>
        </button>} />
    </div>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return <h2 className="px-2 pt-3.5 pb-1 text-2xs font-medium text-muted">{children}</h2>;
}

function Entry({ href, icon, aside, children }: { href: string; icon: string; aside?: ReactNode; children: ReactNode }) {
  const here = isAt(usePathname(), href);
  return (
    <Link href={href} aria-current={here ? 'page' : undefined} className={classNames('focus-inset mb-px flex h-7 items-center gap-2 rounded-2 px-2 font-medium', here ? 'bg-pressed text-text' : 'text-muted hover:bg-hover hover:text-text')}>
      <Icon name={icon} size={16} />
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {aside && <span className="text-2xs font-strong">{aside}</span>}
    </Link>
  );
}
