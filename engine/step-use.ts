import { setImmediate as breathe } from 'node:timers/promises';
import { findComponent } from '#db/components';
import { readEntry } from '#db/entries';
import { readFileBytes } from '#db/files';
import { taskState } from '#db/tasks';
import { compileExpression } from '#flow/expression';
import { fail, FailureError } from '#flow/failure';
import type { ComponentModel } from '#flow/component-model';
import type { Json } from '#flow/json';
import type { StepUse } from '#flow/steps/capabilities';
import { text, type Text } from '#flow/text';
import type { Step } from '#flow/flow';
import { callsOf } from './capabilities/call-endpoint';
import { childRunReads } from './capabilities/child-runs';
import { entryReads } from './capabilities/entries';
import { deferredWrites, queuesBefore } from './deferred';
import { requireRight, seenForMs, type StepEffects } from './effects';
import type { Engine } from './engine';
import type { Draft, LiveRun } from './live-run';

/** What the engine hands to a running step, and what the step says meanwhile. */
export type Session = { use: StepUse; warnings: () => number; takeLogs: () => Draft[]; close: () => void };
type Attempt = { step: Step; attempt: number; iteration: number; startedAt: string; callerModel: Json | undefined; signal: AbortSignal };

const mostLogs = 100;
const longestMessage = 2_000;
const progressEveryMs = 500;
const breatheEveryMs = 20;

export function sessionOf(engine: Engine, run: LiveRun, at: Attempt, effects: StepEffects): Session {
  const { facts } = run;
  const { db } = engine.database;
  const logs: Draft[] = [];
  let [warned, said, toldAtMs, breathedAtMs] = [0, 0, 0, Date.now()];
  let isOpen = true;
  const own = { stepId: at.step.id, attempt: at.attempt, iteration: at.iteration };
  const components = new Map<string, ComponentModel | null>();
  const say = (level: 'info' | 'warning' | 'error', message: string, both?: Text) => {
    said += 1;
    if (said <= mostLogs) logs.push({ type: 'step.logged', ...own, data: { level, message: message.slice(0, longestMessage), ...(both ? { text: { en: both.en.slice(0, longestMessage), fr: both.fr.slice(0, longestMessage) } } : {}) } });
  };
  const takeLogs = () => logs.splice(0);
  const component = async (id: string): Promise<ComponentModel | null> => {
    const known = components.get(id);
    if (known !== undefined) return known;
    const isSeen = id === facts.component.id && performance.now() - run.componentSeenMs < seenForMs;
    const found = isSeen ? facts.component : await findComponent(db, facts.workspaceId, id);
    components.set(id, found);
    return found;
  };
  const context: Json = { userId: facts.startedBy.id, user: { id: facts.startedBy.id, name: facts.startedBy.name }, now: at.startedAt, runId: facts.id, flowId: facts.flowId };
  const outside: StepUse['outside'] = async (reason, call, timeoutMs) => {
      at.signal.throwIfAborted();
      if (isOpen && run.state.steps[at.step.id]?.status !== 'waiting') {
        run.emit([...takeLogs(), { type: 'step.waiting', ...own, data: { reason: reason.en, text: reason, ...(timeoutMs === undefined ? {} : { timeoutMs }) } }]);
        run.wake();
      }
      return call();
  };
  const use: StepUse = {
    context: {
      workspaceId: facts.workspaceId, runId: facts.id, flowId: facts.flowId, flowName: facts.flowName, component: facts.component, now: at.startedAt, trigger: facts.trigger, instanceId: facts.instanceId,
      user: facts.startedBy.id === null ? null : { id: facts.startedBy.id, name: facts.startedBy.name },
    },
    step: { id: at.step.id, name: at.step.name, stage: facts.plan.graph.places.get(at.step.id)?.stage.name ?? '', attempt: at.attempt },
    onError: at.step.onError ?? 'stop',
    signal: at.signal,
    callerModel: at.callerModel,
    warn: (both) => {
      warned += 1;
      say('warning', both.en, both);
    },
    log: (level, message) => say(level, message),
    progress: (done, total) => {
      if (!isOpen || Date.now() - toldAtMs < progressEveryMs || done >= total) return;
      toldAtMs = Date.now();
      run.emit([...takeLogs(), { type: 'step.progress', ...own, data: { done, total } }]);
    },
    evaluate: (expression, item, items) => {
      const compiled = compileExpression(expression);
      if (!compiled.ok) throw new FailureError(compiled.failure);
      return compiled.run({ item, items: items as Json[], context }); // CEL only reads them.
    },
    component,
    entry: async (componentId, entryId) => ((await component(componentId)) === null ? null : readEntry(db, componentId, entryId)),
    readTable: async (fileId, options) => {
      const [{ readTable }, bytes] = await Promise.all([import('./tables/read-table'), readFileBytes(db, facts.workspaceId, fileId)]);
      return bytes === null ? fileNotFound(fileId) : readTable(bytes, options);
    },
    mostItems: facts.limits.items,
    breathe: () => {
      if (Date.now() - breathedAtMs < breatheEveryMs) return null;
      return breathe().then(() => {
        breathedAtMs = Date.now();
      });
    },
    outside,
    ...callsOf(engine, run, { stepId: at.step.id, attempt: at.attempt, iteration: at.iteration, signal: at.signal }, effects, outside),
    effect: (itemIndex, perform) => effects.perform(itemIndex, perform),
    effects: (list) => effects.performAll(list),
    deferredWrites: async () => {
      await requireRight(db, run);
      return deferredWrites(engine.database, run, queuesBefore(facts.plan, run.state, at.step.id));
    },
    ...entryReads(engine, run, at.step.id, component, at.signal),
    ...childRunReads(engine, run, at.step.id),
    canSend: (channel) => channel === 'inApp' || engine.canMail,
    task: (taskId) => taskState(db, facts.workspaceId, taskId),
    tell: (news) => {
      if (news.type === 'wait.opened' && run.state.steps[at.step.id]?.status === 'waiting') return;
      logs.push({ ...news, ...own });
    },
  };
  const finalLogs = () => {
    if (said > mostLogs) logs.push({ type: 'step.logged', ...own, data: { level: 'info', message: `${said - mostLogs} more messages`, text: text(`${said - mostLogs} more messages`, `${said - mostLogs} messages de plus`) } });
    return takeLogs();
  };
  const close = () => {
    isOpen = false;
  };
  return { use, warnings: () => warned, takeLogs: finalLogs, close };
}

function fileNotFound(fileId: string): never {
  return fail('FILE_NOT_FOUND', text(`There is no file "${fileId.slice(0, 64)}".`, `Il n’y a pas de fichier « ${fileId.slice(0, 64)} ».`));
}
