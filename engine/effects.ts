import { sql } from 'drizzle-orm';
import type { Database, Executor } from '#db/client';
import { writeEntry } from '#db/entries';
import { writeEntries } from '#db/entry-batch';
import type { EntryNumbers } from '#db/entry-numbers';
import { storeFile } from '#db/files';
import { storableJson } from '#db/event-hash';
import { requireRunRight } from '#db/run-rights';
import { notify } from '#db/notifications';
import { peopleOf } from '#db/people';
import { startDataflow } from '#db/run-dataflow';
import { hintNewWork } from '#db/run-hint';
import { startWorkflow } from '#db/run-workflow';
import { expireTask, openTask } from '#db/tasks';
import { fieldsUsed } from '#flow/fields-used';
import type { Json } from '#flow/json';
import type { EffectScope, EntryWrite, StepUse } from '#flow/steps/capabilities';
import { FailureError } from '#flow/failure';
import { deferredKind, refuseFullQueue } from './deferred';
import type { Engine } from './engine';
import { EndingRun, LostRun, type LiveRun } from './live-run';

/**
 * An effect in our own PostgreSQL: done, recorded and fenced in one transaction, so that it happens exactly once
 * whatever dies. The proof comes last and locks the slot against a new owner until the commit, so that a slow effect
 * never holds up who wants to cancel. The run's own appends are settled first and held back meanwhile: no batch waits for
 * this lock, and `step.started` is durable before anything happens.
 */
export type StepEffects = {
  perform<T extends Json>(itemIndex: number, work: (scope: EffectScope) => Promise<T>): Promise<T>;
  /** What an earlier attempt recorded for the item; undefined when nothing was. */
  recorded(itemIndex: number): Json | undefined;
  performAll: StepUse['effects'];
  /** What this attempt did, for the log: one line per kind. */
  performed: Map<string, { count: number; refs: Json[] }>;
};
export type At = { stepId: string; iteration: number; attempt: number };
const refsShown = 20;

export async function effectsOf({ database, entryNumbers, mayAct }: Engine, run: LiveRun, at: At, signal: AbortSignal): Promise<StepEffects> {
  // Nobody but this owner writes records under this fence, so what an earlier attempt left is read once.
  // An attempt that was given up may still be at its last transaction.
  if (at.attempt > 1) await run.exclusive(async () => {});
  const recorded = at.attempt > 1 || run.state.steps[at.stepId]?.status === 'waiting' ? await recordedEffects(database, run, at) : new Map<number, Json>();
  const performed: StepEffects['performed'] = new Map();
  const started: string[] = [];
  const one = async <T extends Json>(itemIndex: number, work: (scope: EffectScope) => Promise<T>): Promise<T> => {
    const kinds: { kind: string; ref: Json; count: number }[] = [];
    const result = await database.db.transaction(async (tx) => {
      signal.throwIfAborted();
      if (!mayAct()) run.lose(); // The lease is in doubt: whoever claims the run next finds it as it is recorded.
      if (run.lost) throw new LostRun(run.facts.id);
      await requireRight(tx, run);
      const made = await work(scopeOf(tx, run, at, entryNumbers, (kind, ref, count = 1) => void kinds.push({ kind, ref, count }), started));
      // A run that is to end begins no other: who cancels it has looked for those there are.
      const beginsRuns = started.length > 0;
      const proof = await tx.execute(sql`with mine as (select 1 from run_slots where run_id = ${run.facts.id} and fence = ${run.fence} and state = 'leased' and not (${beginsRuns} and cancel_requested) for share)
        insert into run_effects (run_id, step_id, iteration, item_index, state, kind, result)
        select ${run.facts.id}, ${at.stepId}, ${at.iteration}::int, ${itemIndex}::int, 'recorded', ${kinds[0]?.kind ?? ''}, ${JSON.stringify(storableJson(made))}::jsonb from mine
        on conflict (run_id, step_id, iteration, item_index) do update set state = 'recorded', kind = excluded.kind, result = excluded.result where run_effects.state = 'started' returning 1`);
      if (proof.length === 0) throw await refusal(tx, run, at, itemIndex, beginsRuns);
      return made;
    });
    recorded.set(itemIndex, result);
    for (const runId of started.splice(0)) hintNewWork(database.sql, runId);
    for (const { kind, ref, count } of kinds) {
      const line = performed.get(kind) ?? { count: 0, refs: [] };
      performed.set(kind, { count: line.count + count, refs: line.refs.length < refsShown ? [...line.refs, ref] : line.refs });
    }
    return result;
  };
  const perform = async <T extends Json>(itemIndex: number, work: (scope: EffectScope) => Promise<T>): Promise<T> => {
    const known = recorded.get(itemIndex);
    return known === undefined ? run.exclusive(() => one(itemIndex, work)) : known as T; // The same step gave it under the same key.
  };
  const performAll: StepEffects['performAll'] = async <T extends Json>(list: readonly { itemIndex: number; perform: (scope: EffectScope) => Promise<T> }[]) => run.exclusive(async () => {
    const ended = await Promise.allSettled(list.map(async (each) => {
      const known = recorded.get(each.itemIndex);
      return known === undefined ? one(each.itemIndex, each.perform) : known as T;
    }));
    return ended.map((each) => {
      if (each.status === 'fulfilled') return { ok: true as const, value: each.value };
      if (each.reason instanceof FailureError) return { ok: false as const, failure: each.reason.failure };
      throw each.reason;
    });
  });
  return { perform, performAll, performed, recorded: (itemIndex) => recorded.get(itemIndex) };
}

/** Why an effect proved nothing: who lost the run finds the next owner's record, and is to blame for nothing. */
async function refusal(tx: Executor, { facts, fence }: LiveRun, at: At, itemIndex: number, beginsRuns: boolean): Promise<Error> {
  const [slot] = await tx.execute<{ cancelled: boolean }>(sql`select cancel_requested as cancelled from run_slots where run_id = ${facts.id} and fence = ${fence} and state = 'leased'`);
  if (!slot) return new LostRun(facts.id);
  if (beginsRuns && slot.cancelled) return new EndingRun(facts.id);
  const recorded = await tx.execute(sql`select 1 from run_effects where run_id = ${facts.id} and step_id = ${at.stepId} and iteration = ${at.iteration} and item_index = ${itemIndex} and state = 'recorded'`);
  return recorded.length > 0 ? new Error(`the effect ${at.stepId}/${itemIndex} of run ${facts.id} is recorded already`) : new LostRun(facts.id);
}

/** For how long what was seen with the claim need not be asked again. */
export const seenForMs = 1_000;

/** The right of whom the run acts for: seen with the claim, asked again every second while the run acts. */
export async function requireRight(db: Executor, run: LiveRun): Promise<void> {
  const nowMs = performance.now();
  if (nowMs - run.rightSeenMs < seenForMs) return;
  await requireRunRight(db, run.facts, 'runs.start');
  run.rightSeenMs = nowMs;
}

async function recordedEffects(database: Database, run: LiveRun, at: At): Promise<Map<number, Json>> {
  const rows = await database.sql<{ itemIndex: number; result: Json }[]>`select item_index as "itemIndex", result from run_effects
    where run_id = ${run.facts.id} and step_id = ${at.stepId} and iteration = ${at.iteration} and state = 'recorded'`;
  return new Map(rows.map((row) => [row.itemIndex, row.result]));
}

function scopeOf(tx: Executor, run: LiveRun, { stepId, iteration }: At, numbers: EntryNumbers, note: (kind: string, ref: Json, count?: number) => void, started: string[]): EffectScope {
  const { facts } = run;
  const actor = { workspaceId: facts.workspaceId, userId: facts.startedBy.id, runId: facts.id, stepId, numbers };
  const caller = { workspaceId: facts.workspaceId, runId: facts.id, stepId, flowName: facts.flowName, depth: facts.depth, startedBy: facts.startedBy, pins: facts.pins, nesting: facts.limits.nesting };
  return {
    writeEntry: async (write) => {
      const written = await writeEntry(tx, actor, write);
      note(kindOf(write), { componentId: write.componentId, id: written.entryId });
      if (facts.kind === 'workflow' && write.entryId === null && write.componentId === facts.component.id && run.entryId === null) await adoptEntry(tx, run, written.entryId);
      return written;
    },
    writeEntries: async (writes, places) => {
      await writeEntries(tx, actor, writes, places);
      const counts = new Map<string, number>();
      for (const write of writes) counts.set(kindOf(write), (counts.get(kindOf(write)) ?? 0) + 1);
      for (const [kind, count] of counts) note(kind, { componentId: writes[0]?.componentId ?? '', count }, count);
    },
    deferWrites: async (writes) => {
      await refuseFullQueue(tx, facts.id, writes.length);
      note(deferredKind, { componentId: writes[0]?.componentId ?? '', count: writes.length }, writes.length);
      return { writes: writes.map((each): Json => ({ ...each })) };
    },
    writeFile: async (file) => {
      const { writeTable } = await import('./tables/write-table');
      const table = await writeTable(file, facts.limits.exportBytes);
      const stored = await storeFile(tx, actor, table);
      note('file', { id: stored.id, name: stored.name });
      return { fileId: stored.id, fileName: stored.name, size: stored.size };
    },
    storeFile: async (file) => {
      const { id, name, size, mimeType } = await storeFile(tx, actor, file);
      note('file', { id, name });
      return { id, name, size, mimeType };
    },
    note,
    startWorkflow: async (start) => {
      const begun = await startWorkflow(tx, caller, start);
      note('workflow', { instanceId: begun.instanceId, runId: begun.runId });
      started.push(begun.runId);
      return begun;
    },
    notify: async ({ channel, userIds, subject, body }) => {
      const link = { flowId: facts.flowId, runId: facts.id, stepId, componentId: facts.component.id, ...(run.entryId === null ? {} : { entryId: run.entryId }) };
      const sent = await notify(tx, { workspaceId: facts.workspaceId, userIds, kind: 'message', channel, subject, body, link });
      for (const each of sent) note('notification', { id: each.id, to: each.userId });
      return { ids: sent.map((each) => each.id), skipped: userIds.filter((id) => !sent.some((each) => each.userId === id)) };
    },
    people: (asked) => peopleOf(tx, facts.workspaceId, asked, true),
    openTask: async (question) => {
      const { definition } = facts.plan;
      const opened = await openTask(tx, {
        workspaceId: facts.workspaceId, runId: facts.id, stepId, iteration, instanceId: facts.instanceId, flowId: facts.flowId, flowName: facts.flowName, componentId: facts.component.id, entryId: run.entryId,
        lockedFields: fieldsUsed(definition, facts.component),
      }, question);
      note('task', { id: opened.taskId });
      return opened;
    },
    expireTask: (taskId, answer) => expireTask(tx, { workspaceId: facts.workspaceId, runId: facts.id }, taskId, answer),
    startDataflow: async (start) => {
      const begun = await startDataflow(tx, caller, start);
      note('dataflow', { runId: begun.runId });
      started.push(begun.runId);
      return begun;
    },
  };
}

const kindOf = (write: EntryWrite) => (write.remove ? 'entry.deleted' : write.entryId === null ? 'entry.created' : 'entry.updated');

/** An instance that began without an entry belongs to the one its first save made. */
async function adoptEntry(tx: Executor, run: LiveRun, entryId: number): Promise<void> {
  await tx.execute(sql`update runs set entry_id = ${entryId} where id = ${run.facts.id}`);
  await tx.execute(sql`update instances set entry_id = ${entryId}, updated_at = now() where id = ${run.facts.instanceId}`);
}

