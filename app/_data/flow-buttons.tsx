'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { FlowKind } from '#flow/flow';
import type { Json } from '#flow/json';
import { Button } from '../_ui/button';
import { Menu } from '../_ui/menu';
import { toast } from '../_ui/toast';
import { responseText, startFlow, untilEnded, type StartedRun, type StartFailure } from './start-flow';

export type StartableFlow = { id: string; name: string; kind: FlowKind; publishedVersion: number | null };
/** What a flow is started on: a dataflow gets the model as it stands in the form, a workflow a saved entry. */
export type FlowTarget = { entryId: number | null; input: () => Json; name: string; dirty: boolean };
/** `onRefused` may show a failure where it belongs, such as under a field; it returns false to leave it to a toast. */
type OnRefused = (failure: StartFailure) => boolean;
type Props = { flows: readonly StartableFlow[]; target: FlowTarget | null; shown?: number; onRefused?: OnRefused };

/** Buttons that start the component's published flows; what does not fit stands in a menu. */
export function FlowButtons({ flows, target, shown = 1, onRefused }: Props) {
  const t = useTranslations('data');
  const { start, busy } = useStartFlow(onRefused);
  const why = (flow: StartableFlow): string | null => {
    if (flow.kind === 'dataflow') return null;
    if (!target || target.entryId === null) return t('start.needsEntry');
    return target.dirty ? t('start.needsSaving') : null;
  };
  // What can be started now comes first: a button that only says why not is no use in the one place there is.
  const ready = flows.filter((flow) => flow.publishedVersion !== null).toSorted((a, b) => Number(why(a) !== null) - Number(why(b) !== null));
  const [first, rest] = [ready.slice(0, shown), ready.slice(shown)];
  return (
    <>
      {first.map((flow) => (
        <Button key={flow.id} icon={flow.kind === 'workflow' ? 'workflow' : 'play'} disabled={busy.has(flow.id) || why(flow) !== null} title={why(flow) ?? t('start.run', { name: flow.name })} onClick={() => void start(flow, target)}>{flow.name}</Button>
      ))}
      {rest.length > 0 && <Menu label={t('start.more')} trigger={<Button icon="chevron-down">{t('start.more')}</Button>}
        items={rest.map((flow) => ({ label: flow.name, icon: flow.kind === 'workflow' ? 'workflow' : 'play', disabled: why(flow) !== null, onSelect: () => void start(flow, target) }))} />}
    </>
  );
}

/** Starts a flow and says how it went: a toast with the response, or one that links to the run while it goes on. */
export function useStartFlow(onRefused?: OnRefused): { start: (flow: StartableFlow, target: FlowTarget | null, version?: 'draft') => Promise<void>; busy: ReadonlySet<string> } {
  const t = useTranslations('data');
  const router = useRouter();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const mark = (id: string, on: boolean) => setBusy((before) => new Set(on ? [...before, id] : [...before].filter((each) => each !== id)));
  const open = (runId: string) => ({ action: { label: t('start.watch'), onClick: () => router.push(`/runs/${runId}`) } });
  const tell = (flow: StartableFlow, run: StartedRun): void => {
    if (run.status !== 'succeeded') {
      if (run.error && onRefused?.(run.error)) return;
      toast.error(run.error ? t('start.failed', { name: flow.name, message: run.error.message }) : t('start.stopped', { name: flow.name }), open(run.runId));
      return;
    }
    const response = responseText(run.output);
    toast.success(run.warnings > 0 ? t('start.warned', { name: flow.name, count: run.warnings }) : response && flow.kind === 'dataflow' ? t('start.answered', { name: flow.name, response }) : t('start.done', { name: flow.name }), open(run.runId));
  };
  const start = async (flow: StartableFlow, target: FlowTarget | null, version?: 'draft'): Promise<void> => {
    mark(flow.id, true);
    const body = flow.kind === 'workflow' ? (target?.entryId ? { entryId: target.entryId } : {}) : target ? { input: target.input() } : {};
    const started = await startFlow(flow.id, { ...body, ...(version ? { version } : {}) });
    mark(flow.id, false);
    if (!started.ok) {
      toast.error(started.message);
      return;
    }
    if (started.ended) {
      tell(flow, started.ended);
      return;
    }
    toast.info(target ? t('start.runningOn', { name: flow.name, entry: target.name }) : t('start.running', { name: flow.name }), open(started.runId));
    const ended = await untilEnded(started.runId);
    if (ended) tell(flow, ended);
  };
  return { start, busy };
}
