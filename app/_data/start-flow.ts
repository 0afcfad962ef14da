import type { Json } from '#flow/json';
import { isEnded, runStatuses } from '#flow/run-state';
import { api } from '../_client/api';

export type StartedRun = { runId: string; status: string; output: Json; error: StartFailure | null; warnings: number };
/** Why a run failed, with messages per field where it is about the form's values. */
export type StartFailure = { code: string; message: string; details?: unknown };
export type Start = { ok: true; runId: string; ended: StartedRun | null } | { ok: false; message: string };

type Answer = { runId: string } & Partial<StartedRun>;

/** Starts a flow and waits a moment: most answer within it, the others are followed with `untilEnded`. */
export async function startFlow(flowId: string, body: { input?: Json; entryId?: number; version?: 'draft' }): Promise<Start> {
  const answer = await api<Answer>(`/flows/${flowId}/runs`, { method: 'POST', body: { ...body, waitSeconds: 2 } });
  if (!answer.ok) return { ok: false, message: answer.failure.message };
  return { ok: true, runId: answer.data.runId, ended: endedOf(answer.data) };
}

/** Looks again, ever more slowly, for up to ten minutes; null when it went on longer. */
export async function untilEnded(runId: string): Promise<StartedRun | null> {
  const deadline = Date.now() + 600_000;
  for (let pauseMs = 500; Date.now() < deadline; pauseMs = Math.min(5_000, pauseMs * 1.4)) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const answer = await api<Omit<StartedRun, 'runId'> & { id: string }>(`/runs/${runId}`);
    const ended = answer.ok ? endedOf({ ...answer.data, runId }) : null;
    if (ended) return ended;
  }
  return null;
}

function endedOf(answer: Answer): StartedRun | null {
  const status = runStatuses.find((each) => each === answer.status);
  if (!status || !isEnded(status)) return null;
  return { runId: answer.runId, status, output: answer.output ?? null, error: answer.error ?? null, warnings: answer.warnings ?? 0 };
}

/** A response short enough for one line of a toast; longer ones are read on the page of the run. */
export function responseText(output: Json): string {
  if (output === null) return '';
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  return text.length > 80 ? '' : text;
}
