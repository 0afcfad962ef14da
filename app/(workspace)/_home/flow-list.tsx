'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useMemo, useState } from 'react';
import type { RunSummary } from '#db/run-row';
import { useChanges } from '../../_client/run-stream';
import { ImportFlow } from '../../_flow-file/import-flow';
import { useOpenRuns } from '../../_shell/open-runs';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { Icon } from '../../_ui/icon';
import { IconButton } from '../../_ui/icon-button';
import { Input } from '../../_ui/input';
import { PageHead } from '../../_ui/page-head';
import { Select } from '../../_ui/select';
import { NewFlow } from '../components/[id]/flows/new-flow';
import { Chip } from './chip';
import { FlowRow } from './flow-row';
import { groupsOf, type Group, type HomeComponent, type HomeFlow, type Kinds, type Order } from './home-list';
import { NewComponent } from './new-component';
import { RunChoice } from './run-choice';

type Props = { components: readonly HomeComponent[]; flows: readonly HomeFlow[]; latest: readonly RunSummary[]; canEdit: boolean; canRun: boolean };

export function FlowList({ components, flows, latest, canEdit, canRun }: Props) {
  const t = useTranslations('home');
  const router = useRouter();
  const wantsNew = useSearchParams().get('new') === 'component';
  const [search, setSearch] = useState('');
  const [kinds, setKinds] = useState<Kinds>('all');
  const [order, setOrder] = useState<Order>('component');
  const [making, setMaking] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  const [asking, setAsking] = useState<HomeFlow | null>(null);
  const newest = useNewest(latest);
  useChanges([{ topic: 'component' }, { topic: 'flow' }], () => router.refresh());
  const groups = useMemo(() => groupsOf(components, flows, { search, kinds, order }, newest), [components, flows, search, kinds, order, newest]);
  const chips: [Kinds, number | null][] = [['all', null], ['dataflow', flows.filter((each) => each.kind === 'dataflow').length], ['workflow', flows.filter((each) => each.kind === 'workflow').length], ['unpublished', flows.filter((each) => each.publishedVersion === null).length]];
  const newComponent = <Button variant="primary" icon="plus" onClick={() => setMaking('component')}>{t('newComponent')}</Button>;
  return (
    <section className="flex min-w-0 flex-1 flex-col lg:min-h-0">
      <PageHead title={t('title')} actions={canEdit && <>{components.length > 0 && <Button variant="ghost" icon="file-up" onClick={() => setImporting(true)}>{t('import')}</Button>}{newComponent}</>} />
      <div className="flex min-h-11 flex-none flex-wrap items-center xl:flex-nowrap gap-1.5 border-b border-line px-5 py-1.5">
        <span className="mr-1 w-70 max-w-full min-w-40 shrink"><Input size="md" icon="search" type="search" aria-label={t('search')} placeholder={t('search')} value={search} onChange={(event) => setSearch(event.target.value)} className="text-xs" /></span>
        {chips.map(([kind, count]) => (kind !== 'unpublished' || count !== 0) && <Chip key={kind} on={kinds === kind} count={count} onClick={() => setKinds(kind)}>{t(`kinds.${kind}`)}</Chip>)}
        <span className="ml-auto w-40 flex-none"><Select size="sm" label={t('order.label')} value={order} onChange={setOrder} options={[{ value: 'component', label: t('order.component') }, { value: 'recent', label: t('order.recent') }]} /></span>
      </div>
      <div className="pb-10 lg:min-h-0 lg:flex-1 lg:overflow-auto">
        {groups.map((group) => <ComponentGroup key={group.component.id} group={group} newest={newest} canEdit={canEdit} canRun={canRun} onNewFlow={() => setMaking(group.component.id)} onAsk={setAsking} />)}
        {groups.length === 0 && (components.length === 0
          ? <Empty title={t('empty')} why={t('emptyWhy')} action={canEdit && newComponent} />
          : <Empty title={t('noMatch')} why={t('noMatchWhy')} action={<Button onClick={() => { setSearch(''); setKinds('all'); }}>{t('clear')}</Button>} />)}
      </div>
      <NewComponent open={canEdit && (making === 'component' || wantsNew)} onClose={() => { setMaking(null); if (wantsNew) router.replace('/'); }} />
      {making !== null && making !== 'component' && <NewFlow open onClose={() => setMaking(null)} componentId={making} />}
      {importing && <ImportFlow components={components} onClose={() => setImporting(false)} />}
      {asking && <RunChoice flow={asking} onClose={() => setAsking(null)} />}
    </section>
  );
}

/** The newest run of each flow, whether it was there at first or came since. */
function useNewest(first: readonly RunSummary[]): ReadonlyMap<string, RunSummary> {
  const { open, ended } = useOpenRuns();
  return useMemo(() => {
    const newest = new Map(first.map((run) => [run.flowId, run]));
    for (const run of [...ended, ...open]) {
      const known = newest.get(run.flowId);
      if (!known || known.id <= run.id) newest.set(run.flowId, run);
    }
    return newest;
  }, [first, open, ended]);
}

type GroupProps = { group: Group; newest: ReadonlyMap<string, RunSummary>; canEdit: boolean; canRun: boolean; onNewFlow: () => void; onAsk: (flow: HomeFlow) => void };

function ComponentGroup({ group, newest, canEdit, canRun, onNewFlow, onAsk }: GroupProps) {
  const t = useTranslations('home');
  const { component, flows } = group;
  return (
    <div>
      <div className="mt-2 flex h-8 items-center gap-2 px-5 text-xs text-muted">
        <Icon name={component.icon} size={14} />
        <h2 className="max-w-1/2 flex-none truncate"><Link href={`/components/${component.id}`} className="font-strong text-text hover:underline">{component.title}</Link></h2>
        <span className="num flex-none">{t('entries', { count: component.entries })}</span>
        {component.description && <span className="hidden min-w-0 flex-1 truncate sm:block">{component.description}</span>}
        {canEdit && <span className="ml-auto"><IconButton label={t('newFlowIn', { component: component.title })} icon="plus" size="sm" onClick={onNewFlow} /></span>}
      </div>
      <ul>
        {flows.map((flow) => <FlowRow key={flow.id} flow={flow} run={newest.get(flow.id)} canRun={canRun} onAsk={() => onAsk(flow)} />)}
        {flows.length === 0 && <li className="border-t border-line px-5 py-3 text-xs text-muted">{t('noFlows')}{canEdit && <> <button type="button" className="words-link" onClick={onNewFlow}>{t('newFlow')}</button></>}</li>}
      </ul>
    </div>
  );
}
