'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { api } from '../../../_client/api';
import { Hooks } from '../../../_triggers/hooks';
import { ScheduleForm } from '../../../_triggers/schedule-form';
import { Dialog } from '../../../_ui/dialog';
import { Skeleton } from '../../../_ui/skeleton';
import { Tabs } from '../../../_ui/tabs';
import { useEditor } from './editor-context';

type Props = { open: boolean; onClose: () => void; published: boolean; canPublish: boolean; me: { id: string; name: string }; mayLend: boolean };

/** What starts this dataflow by itself: webhooks of its own, and the schedule of its component. */
export function TriggersDialog({ open, onClose, ...rest }: Props) {
  const t = useTranslations('triggers');
  return <Dialog open={open} onClose={onClose} size="lg" title={t('title')} description={t('why')}>{open && <Content {...rest} />}</Dialog>;
}

function Content({ published, canPublish, me, mayLend }: Omit<Props, 'open' | 'onClose'>) {
  const { flowId, definition, component, index } = useEditor();
  const t = useTranslations('triggers');
  const [tab, setTab] = useState<'hooks' | 'schedule'>('hooks');
  if (definition.kind === 'workflow') return <p className="text-sm text-muted">{t('workflowWhy')}</p>;
  const flows = index.flows.filter((each) => each.componentId === component.id && each.kind === 'dataflow').map(({ id, name }) => ({ id, name }));
  return (
    <div className="grid min-h-80 content-start gap-4">
      <Tabs label={t('title')} value={tab} onChange={setTab} tabs={[{ value: 'hooks', label: t('webhooks'), icon: 'webhook' }, { value: 'schedule', label: t('schedule'), icon: 'clock' }]} className="border-b border-line" />
      {tab === 'hooks' ? <Hooks flowId={flowId} published={published} canEdit={canPublish} /> : (
        <Members>{(members) => <ScheduleForm componentId={component.id} flows={flows} inputFlowId={component.settings.inputFlowId ?? flowId} me={me} members={members} mayLend={mayLend} canEdit={canPublish} />}</Members>
      )}
    </div>
  );
}

type Named = { id: string; name: string };

function Members({ children }: { children: (members: readonly Named[]) => React.ReactNode }) {
  const [members, setMembers] = useState<readonly Named[] | null>(null);
  useEffect(() => void api<{ items: Named[] }>('/members?limit=200').then((answer) => setMembers(answer.ok ? answer.data.items : [])), []);
  return members === null ? <Skeleton lines={4} /> : children(members);
}
