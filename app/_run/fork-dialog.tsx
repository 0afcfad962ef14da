'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { stepKey, stepsOf, type FlowDefinition, type Step } from '#flow/flow';
import { hasEffect } from '#flow/fork';
import { shortRunName } from '#flow/id';
import { isJsonObject, type Json } from '#flow/json';
import type { RunState } from '#flow/run-state';
import { stepType } from '#flow/steps/index';
import { api } from '../_client/api';
import { Button } from '../_ui/button';
import { Checkbox } from '../_ui/checkbox';
import { Dialog } from '../_ui/dialog';
import { Field } from '../_ui/field';
import { Segmented } from '../_ui/segmented';
import { Select } from '../_ui/select';
import { Textarea } from '../_ui/textarea';
import { toast } from '../_ui/toast';
import { localeOf } from './duration';

type Props = { open: boolean; onClose: () => void; runId: string; definition: FlowDefinition; state: RunState; stepId: string | null };
type Version = 'original' | 'current' | 'draft';

/** A new run from the middle of this one: from which step, with what, on which version, and what it may change. */
export function ForkDialog({ open, ...rest }: Props) {
  return open ? <ForkForm {...rest} /> : null;
}

function ForkForm({ onClose, runId, definition, state, stepId }: Omit<Props, 'open'>) {
  const t = useTranslations('fork');
  const locale = localeOf(useLocale());
  const router = useRouter();
  const steps = useMemo(() => stepsOf(definition), [definition]);
  const begun = steps.filter((step) => (state.steps[step.id]?.attempt ?? 0) > 0);
  const [from, setFrom] = useState(stepId ?? firstOf(steps, state));
  const [edits, setEdits] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
  const [version, setVersion] = useState<Version>('original');
  const [refused, setRefused] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const recorded = useInput(runId, definition, from, edits);
  const runs = behind(steps, from, state);
  const acting = steps.filter((step) => !step.disabled && runs.has(step.id) && hasEffect(definition, step.type));
  const start = async () => {
    const input = edits ? parsed(written ?? recorded ?? '') : undefined;
    if (edits && input === undefined) return setError(t('notJson'));
    const allowEffects = acting.filter((step) => !refused.has(step.id)).map((step) => step.id);
    const chosen = version === 'original' ? {} : { version: version === 'draft' ? 'draft' as const : await published(runId) };
    if ('version' in chosen && chosen.version === null) return setError(t('notPublished'));
    setBusy(true);
    const answer = await api<{ runId: string }>(`/runs/${runId}/fork`, {
      method: 'POST', body: { fromStep: from, ...(input === undefined ? {} : { input }), ...chosen, allowEffects: refused.size === 0 ? true : allowEffects },
    });
    setBusy(false);
    if (!answer.ok) return setError(answer.failure.message);
    toast.success(t('started', { name: shortRunName(answer.data.runId) }));
    onClose();
    router.push(`/runs/${answer.data.runId}`);
  };
  return (
    <Dialog open onClose={onClose} size="lg" title={t('title', { name: shortRunName(runId) })} description={t('text')} onSubmit={() => void start()}
      footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" icon="git-fork" disabled={busy}>{t('start')}</Button></>}>
      <div className="flex flex-col gap-4">
        <Field label={t('from')} help={t('fromHelp', { count: steps.length - runs.size })}>
          <Select label={t('from')} value={from} onChange={(id) => { setFrom(id); setWritten(null); setError(''); }} options={(begun.length > 0 ? begun : steps).map((step) => ({ value: step.id, label: step.name }))} />
        </Field>
        <div>
          <Checkbox checked={edits} onChange={(on) => { setEdits(on); setError(''); }}>{t('edit')}</Checkbox>
          {edits && (
            <Field className="mt-2" label={t('input')} help={t('inputHelp')} error={error}>
              <Textarea className="mono" rows={10} spellCheck={false} value={written ?? recorded ?? ''} onChange={(event) => { setWritten(event.target.value); setError(''); }} />
            </Field>
          )}
        </div>
        <div>
          <p className="mb-1 text-xs font-medium text-muted">{t('version')}</p>
          <Segmented label={t('version')} value={version} onChange={setVersion} options={(['original', 'current', 'draft'] as const).map((value) => ({ value, label: t(`versions.${value}`) }))} />
        </div>
        <fieldset>
          <legend className="mb-1 text-xs font-medium text-muted">{t('effects')}</legend>
          {acting.length === 0 ? <p className="text-sm text-muted">{t('noEffects')}</p> : <p className="mb-2 text-sm text-muted">{t('effectsText')}</p>}
          <ul className="flex flex-col gap-1.5">{acting.map((step) => (
            <li key={step.id}><Checkbox checked={!refused.has(step.id)} onChange={(on) => setRefused(toggled(refused, step.id, !on))}>{step.name} <span className="text-faint">{stepType(stepKey(definition.kind, step.type))?.title[locale]}</span></Checkbox></li>
          ))}</ul>
        </fieldset>
        {!edits && error !== '' && <p role="alert" className="text-sm text-danger">{error}</p>}
      </div>
    </Dialog>
  );
}

function toggled(set: ReadonlySet<string>, id: string, inside: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (inside) next.add(id);
  else next.delete(id);
  return next;
}

/** The step that failed, else the first that ran. */
function firstOf(steps: readonly Step[], state: RunState): string {
  const failed = steps.find((step) => state.steps[step.id]?.status === 'failed');
  return (failed ?? steps.find((step) => state.steps[step.id]) ?? steps[0])?.id ?? '';
}

/** What will run anew: what had not succeeded when the step began. */
function behind(steps: readonly Step[], from: string, state: RunState): ReadonlySet<string> {
  const begunAt = state.steps[from]?.startedAt ?? null;
  return new Set(steps.filter((step) => {
    const own = state.steps[step.id];
    const isKept = step.id !== from && (own?.status === 'succeeded' || own?.status === 'skipped') && (begunAt === null || (own.finishedAt ?? '') <= begunAt);
    return !isKept;
  }).map((step) => step.id));
}

/** What the step took in, as text to edit: its items, or what the caller gave. */
function useInput(runId: string, definition: FlowDefinition, stepId: string, wanted: boolean): string | null {
  const [found, setFound] = useState<{ stepId: string; text: string } | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let stale = false;
    void recordedInput(runId, definition, stepId).then((value) => { if (!stale) setFound({ stepId, text: JSON.stringify(value, null, 2) }); });
    return () => { stale = true; };
  }, [runId, definition, stepId, wanted]);
  return found?.stepId === stepId ? found.text : null;
}

type Items = { items: Json[]; total: number; many: boolean };
const mostItems = 200;

async function recordedInput(runId: string, definition: FlowDefinition, stepId: string): Promise<Json> {
  const sources = stepsOf(definition).find((step) => step.id === stepId)?.sources ?? {};
  const items = async (port: string): Promise<Json> => {
    const answer = await api<Items>(`/runs/${runId}/steps/${stepId}/items?side=in&port=${port}&limit=${mostItems}`);
    return !answer.ok ? [] : answer.data.many ? answer.data.items : (answer.data.items[0] ?? null);
  };
  if (definition.kind === 'workflow') return items('source');
  if (sources.left !== undefined || sources.right !== undefined) return { left: await items('left'), right: await items('right') };
  if (sources.source !== undefined) return items('source');
  const run = await api<{ input: Json }>(`/runs/${runId}`);
  return run.ok ? run.data.input : null;
}

async function published(runId: string): Promise<number | null> {
  const run = await api<{ flowId: string }>(`/runs/${runId}`);
  const flow = run.ok ? await api<{ publishedVersion: number | null }>(`/flows/${run.data.flowId}`) : null;
  return flow?.ok ? flow.data.publishedVersion : null;
}

function parsed(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value === null || isJsonObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
