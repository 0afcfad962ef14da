'use client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunSummary } from '#db/run-row';
import type { FlowDefinition } from '#flow/flow';
import { isEnded, runStatuses } from '#flow/run-state';
import { api } from '../../../_client/api';
import { useFlowRuns } from '../../../_client/run-stream';

export type AttachedRun = {
  runs: RunSummary[];
  attached: RunSummary | null;
  /** The version that runs, once it is read. */
  definition: FlowDefinition | null;
  followNewest: boolean;
  setFollowNewest: (on: boolean) => void;
  attach: (runId: string) => void;
  detach: () => void;
  /** The attached run, else the newest that ended: its items are shown as samples. */
  sampleId: string | null;
};

/** The flow's runs, live, and the one the canvas is attached to. The address holds it, so that a reload stays with it. Its events are read where they are shown (`useRun`). */
export function useAttachedRun(flowId: string, recent: readonly RunSummary[]): AttachedRun {
  const live = useFlowRuns(flowId);
  const [attachedId, setAttachedId] = useState<string | null>(null);
  const [followNewest, setFollowNewest] = useState(false);
  const runs = useMemo(() => {
    const known = new Set(live.map((run) => run.id));
    return [...live, ...recent.filter((run) => !known.has(run.id))].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  }, [live, recent]);
  const definition = useRunDefinition(attachedId);

  const attach = useCallback((runId: string) => {
    setAttachedId(runId);
    putInAddress(runId);
  }, []);
  const detach = useCallback(() => {
    setAttachedId(null);
    setFollowNewest(false);
    putInAddress(null);
  }, []);
  useEffect(() => {
    const asked = new URL(window.location.href).searchParams.get('run');
    if (asked) setAttachedId(asked);
  }, []);
  const newest = runs[0]?.id ?? null;
  const seen = useRef(newest);
  useEffect(() => {
    if (followNewest && newest !== null && newest !== seen.current) attach(newest);
    seen.current = newest;
  }, [followNewest, newest, attach]);

  const listed = runs.find((run) => run.id === attachedId) ?? null;
  const attached = useMemo(() => listed ?? (attachedId === null ? null : unlisted(attachedId, flowId)), [listed, attachedId, flowId]);
  const sampleId = attachedId ?? runs.find((run) => runStatuses.some((status) => status === run.status && isEnded(status)))?.id ?? null;
  return { runs, attached, definition, followNewest, setFollowNewest, attach, detach, sampleId };
}

function useRunDefinition(runId: string | null): FlowDefinition | null {
  const [read, setRead] = useState<{ runId: string; definition: FlowDefinition } | null>(null);
  useEffect(() => {
    if (runId === null) return;
    const stop = new AbortController();
    api<{ definition?: FlowDefinition }>(`/runs/${runId}?definition=1`, { signal: stop.signal }).then((answer) => { if (answer.ok && answer.data.definition) setRead({ runId, definition: answer.data.definition }); }, () => undefined);
    return () => stop.abort();
  }, [runId]);
  return read?.runId === runId ? read.definition : null;
}

function putInAddress(runId: string | null): void {
  const url = new URL(window.location.href);
  if (runId === null) url.searchParams.delete('run');
  else url.searchParams.set('run', runId);
  window.history.replaceState(window.history.state, '', url);
}

/** A run just started, before the stream has told of it. */
function unlisted(id: string, flowId: string): RunSummary {
  return {
    id, shortName: '', flowId, flowName: '', componentId: '', version: null, draft: false, kind: '', status: 'queued', warnings: 0, triggerName: null, trigger: 'button', startedBy: { id: null, name: '' }, parentRunId: null, forkedFrom: null, forkedAtSeq: null, attempt: 1,
    entryId: null, instanceId: null, stepsTotal: 0, stepsDone: 0, itemsOut: null, createdAt: '', startedAt: null, finishedAt: null, error: null,
  };
}
