'use client';
import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { catalogue } from '#flow/catalogue';
import { api } from '../_client/api';
import type { RunSummary } from '../_client/run-stream';
import { backdrop } from '../_ui/dialog';
import { Icon } from '../_ui/icon';
import { Kbd } from '../_ui/kbd';
import { keepLocale, keepTheme } from '../_ui/preferences';
import { StatusMark } from '../_ui/status-mark';
import { StepTile } from '../_ui/step-tile';
import { placesFor } from './places';
import { useSignOut } from './use-sign-out';

type Named = { id: string; title: string };
type FlowNamed = { id: string; name: string; kind: string; componentTitle?: string };
/** What the page one is on can do, offered first. */
export type PageAction = { id: string; words: string; icon: string; hint?: string; onSelect: () => void };
type Props = { open: boolean; onOpenChange: (open: boolean) => void; canEdit: boolean; role?: string; pageActions?: { title: string; items: readonly PageAction[] } };

/** Ctrl+K: goes anywhere by name. What can be found is read when it opens. */
export function CommandPalette({ open, onOpenChange, canEdit, role, pageActions }: Props) {
  const t = useTranslations('shell');
  const { signOut, dialog } = useSignOut();
  const toggle = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    onOpenChange(!open);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => toggle(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (<>
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdrop} />
        <Dialog.Popup className="fixed top-[12dvh] left-1/2 z-70 w-150 max-w-[calc(100vw-32px)] -translate-x-1/2 overflow-hidden rounded-4 bg-raised text-text shadow-pop outline-none">
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <Content canEdit={canEdit} role={role} pageActions={pageActions} signOut={signOut} close={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
    {dialog}
  </>);
}

function Content({ canEdit, role, pageActions, signOut, close }: Pick<Props, 'canEdit'> & { role: string | undefined; pageActions: Props['pageActions'] | undefined; signOut: () => void; close: () => void }) {
  const t = useTranslations('shell');
  const locale = useLocale() === 'fr' ? 'fr' : 'en';
  const router = useRouter();
  const [query, setQuery] = useState('');
  const { components, flows } = useNames();
  const runs = useFoundRuns(query);
  const go = (href: string) => { close(); router.push(href); };
  const act = (work: () => void) => { close(); work(); };
  return (
    <Command label={t('palette.title')} loop filter={matches}>
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <span className="text-faint"><Icon name="search" size={16} /></span>
        <Command.Input autoFocus value={query} onValueChange={setQuery} placeholder={t('palette.placeholder')} className="h-12 w-full bg-transparent text-md outline-none" />
      </div>
      <Command.List className="max-h-[min(420px,60dvh)] overflow-y-auto p-2">
        <Command.Empty className="px-2 py-6 text-center text-sm text-muted">{t('palette.nothing')}</Command.Empty>
        {pageActions && <Section name={pageActions.title}>
          {pageActions.items.map((each) => <Row key={each.id} id={`here ${each.id}`} words={each.words} hint={each.hint} icon={<Icon name={each.icon} />} onSelect={() => act(each.onSelect)} />)}
        </Section>}
        <Section name={t('palette.pages')}>
          {placesFor(role).map((place) => <Row key={place.key} id={`page ${place.key}`} words={t(`place.${place.key}`)} icon={<Icon name={place.icon} />} onSelect={() => go(place.href)} />)}
          <Row id="page account" words={t('account')} icon={<Icon name="user" />} onSelect={() => go('/account')} />
        </Section>
        {components.length > 0 && <Section name={t('components')}>
          {components.map((each) => <Row key={each.id} id={each.id} words={each.title} icon={<Icon name="box" />} onSelect={() => go(`/components/${each.id}`)} />)}
        </Section>}
        {flows.length > 0 && <Section name={t('palette.flows')}>
          {flows.map((each) => <Row key={each.id} id={each.id} words={each.name} hint={each.componentTitle} icon={<Icon name={each.kind === 'workflow' ? 'git-branch' : 'workflow'} />} onSelect={() => go(`/flows/${each.id}`)} />)}
        </Section>}
        {runs.length > 0 && <Section name={t('place.runs')}>
          {runs.map((each) => <Row key={each.id} id={each.id} words={`${each.flowName} ${each.shortName}`} also={[query, each.startedBy.name ?? '']} hint={each.startedBy.name ?? undefined} icon={<StatusMark status={each.status} size={16} still />} onSelect={() => go(`/runs/${each.id}`)} />)}
        </Section>}
        {query.trim() !== '' && <Section name={t('place.steps')}>
          {catalogue.map((each) => <Row key={each.key} id={each.key} words={each.title[locale]} also={[each.id, each.summary[locale]]} hint={t(`kind.${each.kind}`)} icon={<StepTile group={each.group} icon={each.icon} size={20} />} onSelect={() => go(`/steps/${each.key}`)} />)}
        </Section>}
        <Section name={t('palette.actions')}>
          {canEdit && <Row id="new component" words={t('palette.newComponent')} icon={<Icon name="plus" />} onSelect={() => go('/?new=component')} />}
          <Row id="language" words={t('palette.otherLanguage')} icon={<Icon name="languages" />} onSelect={() => act(() => { keepLocale(locale === 'fr' ? 'en' : 'fr'); router.refresh(); })} />
          <Row id="light" words={t('palette.light')} icon={<Icon name="sun" />} onSelect={() => act(() => keepTheme('light'))} />
          <Row id="dark" words={t('palette.dark')} icon={<Icon name="moon" />} onSelect={() => act(() => keepTheme('dark'))} />
          <Row id="system" words={t('palette.system')} icon={<Icon name="monitor" />} onSelect={() => act(() => keepTheme('system'))} />
          <Row id="sign out" words={t('signOut')} icon={<Icon name="log-out" />} onSelect={() => act(signOut)} />
        </Section>
      </Command.List>
      <div className="flex items-center gap-3 border-t border-line px-4 py-2 text-xs text-muted">
        <span className="flex items-center gap-1"><Kbd keys="↑" /><Kbd keys="↓" /> {t('palette.choose')}</span><span className="flex items-center gap-1"><Kbd keys="Enter" /> {t('palette.open')}</span><span className="ml-auto flex items-center gap-1"><Kbd keys="Esc" /> {t('palette.close')}</span>
      </div>
    </Command>
  );
}

/** Every word typed must be there; a match at the start of the name comes first. */
function matches(value: string, search: string, keywords: string[] = []): number {
  const plain = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const [name, all, wanted] = [plain(value), plain([value, ...keywords].join(' ')), plain(search).split(/\s+/).filter(Boolean)];
  if (!wanted.every((word) => all.includes(word))) return 0;
  if (wanted.length > 0 && name.startsWith(wanted.join(' '))) return 1;
  return wanted.every((word) => name.includes(word)) ? 0.7 : 0.3;
}

function Section({ name, children }: { name: string; children: ReactNode }) {
  return <Command.Group heading={name} className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted">{children}</Command.Group>;
}

type RowProps = { id: string; words: string; also?: string[]; hint?: string | undefined; icon: ReactNode; onSelect: () => void };

function Row({ id, words, also = [], hint, icon, onSelect }: RowProps) {
  return (
    <Command.Item value={`${words} ${id}`} keywords={also} onSelect={onSelect} className="flex h-8 items-center gap-2.5 rounded-2 px-2 text-sm select-none aria-selected:bg-hover">
      <span className="flex w-5 flex-none justify-center text-muted">{icon}</span><span className="min-w-0 truncate">{words}</span>{hint && <span className="ml-auto flex-none text-xs text-muted">{hint}</span>}
    </Command.Item>
  );
}

function useNames(): { components: readonly Named[]; flows: readonly FlowNamed[] } {
  const [names, setNames] = useState<{ components: Named[]; flows: FlowNamed[] }>({ components: [], flows: [] });
  useEffect(() => {
    let left = false;
    void Promise.all([api<{ items: Named[] }>('/components?limit=200'), api<{ items: FlowNamed[] }>('/flows?limit=200')]).then(([components, flows]) => {
      if (!left) setNames({ components: components.ok ? components.data.items : [], flows: flows.ok ? flows.data.items : [] });
    });
    return () => { left = true; };
  }, []);
  return names;
}

/** Runs by short name, flow, person or error, once two letters are typed. */
function useFoundRuns(query: string): readonly RunSummary[] {
  const [runs, setRuns] = useState<readonly RunSummary[]>([]);
  const asked = query.trim();
  useEffect(() => {
    if (asked.length < 2) return setRuns([]);
    let left = false;
    const timer = setTimeout(async () => {
      const answer = await api<{ items: RunSummary[] }>(`/runs?limit=6&q=${encodeURIComponent(asked)}`);
      if (!left) setRuns(answer.ok ? answer.data.items : []);
    }, 180);
    return () => { left = true; clearTimeout(timer); };
  }, [asked]);
  return runs;
}
