import { fail, type Failure } from '../failure';
import type { Json } from '../json';
import { text } from '../text';
import type { ChildRun, DataflowStart, StepUse } from './capabilities';

/**
 * Calling a dataflow from a step: each call is one sub-run under the effect key of its place, so a step that runs again
 * finds the sub-runs it began. A call that failed before somebody resumed the run is made anew under a key of its own.
 */
export type Called = { kind: 'ended'; results: ({ ok: true; answer: Json } | { ok: false; failure: Failure })[] } | { kind: 'waiting'; childRuns: string[] };
type Start = Omit<DataflowStart, 'input'>;
const mostCalls = 10_000;

/** At most `width` at once, in order. With `stopAtFailure` nothing begins after one has failed, and its failure is the last result. */
export async function callEach(use: StepUse, start: Start, inputs: readonly Json[], { width, stopAtFailure }: { width: number; stopAtFailure: boolean }): Promise<Called> {
  if (inputs.length > mostCalls) fail('LIMIT_EXCEEDED', text(`The step would call a flow ${inputs.length} times; ${mostCalls} are the most.`, `L’étape appellerait un flux ${inputs.length} fois ; ${mostCalls} est le maximum.`));
  const unfinished = await use.childRuns();
  const failures = new Map<number, Failure>();
  const runs: string[] = [];
  const open: string[] = [];
  for (let call = 0; call < inputs.length && open.length < width; call++) {
    use.signal.throwIfAborted();
    const { runId, isNew } = await currentRun(use, { ...start, input: inputs[call] ?? null }, { call, calls: inputs.length }, unfinished);
    runs.push(runId);
    const state = unfinished.get(runId);
    if (isNew || (state && !hasFailed(state))) open.push(runId);
    const failed = state && hasFailed(state) ? judged(use, state, runId) : null;
    if (failed !== null) failures.set(call, failed);
    if (failed !== null && stopAtFailure) return { kind: 'ended', results: [{ ok: false, failure: failed }] };
  }
  use.progress(runs.length - open.length, inputs.length);
  if (open.length > 0) return { kind: 'waiting', childRuns: open };
  const outputs = await use.childOutputs(runs);
  return {
    kind: 'ended', results: runs.map((runId, call) => {
      const failed = failures.get(call);
      return failed ? { ok: false, failure: failed } : { ok: true, answer: outputs.get(runId) ?? null };
    }),
  };
}

const hasFailed = (state: ChildRun) => state.status === 'failed' || state.status === 'cancelled';

/** The sub-run that stands for a call: the first one, or the one begun after the last resume. */
async function currentRun(use: StepUse, start: DataflowStart, { call, calls }: { call: number; calls: number }, unfinished: ReadonlyMap<string, ChildRun>): Promise<{ runId: string; isNew: boolean }> {
  for (let generation = 0; ; generation++) {
    let isNew = false;
    const { runId } = await use.effect(call + generation * calls, (scope) => {
      isNew = true;
      return scope.startDataflow(start);
    });
    const state = unfinished.get(runId);
    if (!state || !hasFailed(state) || !state.beforeResume || state.responded) return { runId, isNew };
  }
}

/** An answer given before the flow failed counts: what came after it is shown in its own run only. */
function judged(use: StepUse, state: ChildRun, runId: string): Failure | null {
  const because = state.failure?.text ?? text('it was cancelled', 'il a été annulé');
  if (state.responded) {
    use.warn(text(`The called flow answered and then failed: ${because.en}`, `Le flux appelé a répondu puis échoué : ${because.fr}`));
    return null;
  }
  const words = text(`The called flow failed: ${because.en}`, `Le flux appelé a échoué : ${because.fr}`);
  const { failure: cause } = state;
  return {
    code: 'SUBFLOW_FAILED', message: words.en, text: words,
    details: { runId, ...(cause ? { cause: { code: cause.code, message: cause.message, ...(cause.stepId ? { stepId: cause.stepId } : {}), ...(cause.path ? { path: cause.path } : {}) } } : {}) },
  };
}
