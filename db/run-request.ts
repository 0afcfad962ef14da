import { and, eq, sql, type SQL } from 'drizzle-orm';
import { fail } from '#flow/failure';
import { flowDefinition, stepsOf, type FlowDefinition, type FlowKind } from '#flow/flow';
import { newRunId, shortRunName } from '#flow/id';
import type { Json, JsonObject } from '#flow/json';
import type { Fork } from '#flow/run-event';
import type { Trigger } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { blobOf, blobsInto, isFresh, putBlobs, type Blob } from './blobs';
import type { Executor } from './client';
import { hashEvent, storable, storableJson, storedData } from './event-hash';
import { pinsOf, type Pins } from './run-pins';
import { flowVersions } from './schema';
import { traceparent } from './trace';

/** The one way a run comes into being: its row, its slot and `run.requested`, in the transaction of whoever asks. */
export type Starter = { id: string | null; name: string };
export type RunRequest = {
  workspaceId: string;
  flow: { id: string; name: string; kind: FlowKind };
  version: PinnedVersion;
  trigger: Trigger;
  /** The hook, schedule, queue or key by name. */
  triggerName?: string | undefined;
  startedBy: Starter;
  /** undefined when the caller gave nothing. */
  input: Json | undefined;
  entryId: number | null;
  instance: { id: string; attempt: number } | null;
  parent: { runId: string; stepId: string; depth: number } | null;
  /** `override`: what the forked step takes in instead of what was recorded. */
  fork?: { facts: Fork; override: Blob | null };
  /** What the calling run pinned. */
  pins?: Pins;
};
export type PinnedVersion = { id: string; number: number | null; definition: FlowDefinition };

const searchLength = 2_000;

export async function insertRun(tx: Executor, request: RunRequest): Promise<string> {
  const { workspaceId, version, fork } = request;
  const made = newRun(request, await pinsOf(tx, workspaceId, version.definition, request.pins), traceparent());
  await putBlobs(tx, workspaceId, [...newInputs([made]), ...(fork?.override ? [fork.override] : [])]);
  await tx.execute(startOf([made]));
  return made.runId;
}

/** A run that is about to begin: what its row, its slot and its first event hold. */
export type NewRun = { request: RunRequest; runId: string; at: string; hash: string; json: string; pins: Pins; input: Blob | null; searchText: string; trace: string | null };

export function newRun(request: RunRequest, pins: Pins, trace: string | null): NewRun {
  const { flow, version, startedBy, trigger, parent, fork } = request;
  const runId = newRunId();
  const input = request.input === undefined ? null : blobOf(request.input);
  const { json, data } = storedData({
    draft: version.number === null, ...(fork ? { fork: forkData(fork.facts) } : {}), ...(parent ? { parentRunId: parent.runId } : {}), startedBy: { id: startedBy.id, name: startedBy.name }, trigger,
    ...(request.triggerName === undefined ? {} : { triggerName: request.triggerName }), version: version.number,
  });
  const searchText = storable([shortRunName(runId), flow.name, startedBy.name, request.triggerName ?? '', request.input === undefined ? '' : JSON.stringify(request.input).slice(0, searchLength)].join(' '));
  const at = new Date().toISOString();
  const hash = hashEvent('', { runId, seq: 1, type: 'run.requested', version: 1, stepId: null, attempt: null, iteration: null, fence: 0, at, data, blob: fork?.override?.sha256 ?? null }, json);
  return { request, runId, at, hash, json, pins, input, searchText, trace };
}

/** The inputs that may not be stored yet. */
export function newInputs(made: readonly NewRun[]): (Blob & { workspaceId: string })[] {
  return made.flatMap(({ request: { workspaceId }, input }) => (input && !isFresh(workspaceId, input.sha256) ? [{ ...input, workspaceId }] : []));
}

/** One statement for many: a start costs as few round trips as it can. `inputs` are stored with it. */
export function startOf(made: readonly NewRun[], inputs: ReturnType<typeof newInputs> = []): SQL {
  const column = <T>(type: string, pick: (run: NewRun) => T): SQL => sql`${sql.param(made.map(pick))}::${sql.raw(type)}[]`;
  const columns: [string, SQL][] = [
    ['id', column('uuid', (run) => run.runId)], ['workspace_id', column('text', ({ request }) => request.workspaceId)], ['flow_id', column('text', ({ request }) => request.flow.id)],
    ['flow_version_id', column('text', ({ request }) => request.version.id)], ['kind', column('text', ({ request }) => request.flow.kind)], ['instance_id', column('text', ({ request }) => request.instance?.id ?? null)],
    ['entry_id', column('int', ({ request }) => request.entryId)], ['attempt', column('int', ({ request }) => request.instance?.attempt ?? 1)], ['trigger', column('text', ({ request }) => request.trigger)],
    ['trigger_name', column('text', ({ request: { triggerName } }) => (triggerName === undefined ? null : storable(triggerName)))], ['started_by', column('text', ({ request }) => request.startedBy.id)],
    ['started_by_name', column('text', ({ request }) => request.startedBy.name)], ['parent_run_id', column('uuid', ({ request }) => request.parent?.runId ?? null)], ['parent_step_id', column('text', ({ request }) => request.parent?.stepId ?? null)],
    ['forked_from', column('uuid', ({ request }) => request.fork?.facts.runId ?? null)], ['forked_at_seq', column('int', ({ request }) => request.fork?.facts.seq ?? null)],
    ['depth', column('int', ({ request }) => (request.parent ? request.parent.depth + 1 : 0))], ['steps_total', column('int', ({ request }) => stepsOf(request.version.definition).length)],
    ['pins', column('text', (run) => JSON.stringify(run.pins))], ['input_ref', column('text', (run) => run.input?.sha256 ?? null)], ['search_text', column('text', (run) => run.searchText)],
    ['created_at', column('text', (run) => run.at)], ['traceparent', column('text', (run) => run.trace)], ['data', column('text', (run) => run.json)],
    ['blob', column('text', ({ request }) => request.fork?.override?.sha256 ?? null)], ['hash', column('text', (run) => run.hash)],
  ];
  return sql`with t as (
      select * from unnest(${sql.join(columns.map(([, values]) => values), sql`, `)}) t(${sql.raw(columns.map(([name]) => name).join(', '))})
    ), run as (
      insert into runs (id, workspace_id, flow_id, flow_version_id, kind, instance_id, entry_id, attempt, trigger, trigger_name, started_by, started_by_name,
        parent_run_id, parent_step_id, forked_from, forked_at_seq, depth, steps_total, pins, input_ref, search_text, created_at, traceparent)
      select id, workspace_id, flow_id, flow_version_id, kind, instance_id, entry_id, attempt, trigger, trigger_name, started_by, started_by_name,
        parent_run_id, parent_step_id, forked_from, forked_at_seq, depth, steps_total, pins::jsonb, decode(input_ref, 'hex'), search_text, created_at::timestamptz, traceparent from t
    ), event as (
      insert into run_events (run_id, seq, type, fence, at, data, blob, hash)
      select id, 1, 'run.requested', 0, created_at::timestamptz, data::jsonb, decode(blob, 'hex'), decode(hash, 'hex') from t
    )${inputs.length === 0 ? sql.empty() : sql`, input as (${blobsInto(inputs)})`}
    insert into run_slots (run_id, workspace_id, flow_id, head_seq, head_hash) select id, workspace_id, flow_id, 1, decode(hash, 'hex') from t`;
}

const forkData = ({ runId, seq, fromStep, allowEffects, input }: Fork): JsonObject => ({ runId, seq, fromStep, allowEffects, ...(input ? { input } : {}) });

export type OwnEvent = { runId: string; seq: number; type: string; fence: number; at: Date; previous: string; data: JsonObject };

/** Appends where nobody else can: to a run that has just been made, or one that ended and is locked. */
export async function insertEvent(tx: Executor, event: OwnEvent): Promise<string> {
  const data = storableJson(event.data);
  const at = event.at.toISOString();
  const hash = hashEvent(event.previous, { runId: event.runId, seq: event.seq, type: event.type, version: 1, stepId: null, attempt: null, iteration: null, fence: event.fence, at, data, blob: null });
  await tx.execute(sql`insert into run_events (run_id, seq, type, fence, at, data, hash)
    values (${event.runId}, ${event.seq}, ${event.type}, ${event.fence}, ${at}, ${JSON.stringify(data)}::jsonb, decode(${hash}, 'hex'))`);
  return hash;
}

/** Versions never change: each is read and parsed once a process. */
const pinned = new Map<string, PinnedVersion & { flowId: string }>();
const mostPinned = 500;

export async function pinnedVersion(tx: Executor, flowId: string, which: { id: string } | { number: number }): Promise<PinnedVersion | null> {
  const known = 'id' in which ? pinned.get(which.id) : undefined;
  if (known?.flowId === flowId) return known;
  const found = await readVersion(tx, flowId, which);
  // A frozen draft is seen by its own transaction first, which may still be taken back.
  if (found && found.number !== null) {
    if (pinned.size >= mostPinned) pinned.clear();
    pinned.set(found.id, { ...found, flowId });
  }
  return found;
}

async function readVersion(tx: Executor, flowId: string, which: { id: string } | { number: number }): Promise<PinnedVersion | null> {
  const [row] = await tx.select({ id: flowVersions.id, number: flowVersions.number, definition: flowVersions.definition }).from(flowVersions)
    .where(and(eq(flowVersions.flowId, flowId), 'id' in which ? eq(flowVersions.id, which.id) : eq(flowVersions.number, which.number)));
  return row ? { ...row, definition: flowDefinition.parse(row.definition) } : null;
}

export const inputLimits = { levels: 64, bytes: 50_000_000 };

/** Refuses what must not be stored, before anything is. Depth is counted without recursion. */
export function checkInput(input: Json): void {
  let level: Json[] = [input];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= inputLimits.levels) fail('PARAM_INVALID', text(`The input is nested more than ${inputLimits.levels} levels deep.`, `L’entrée a plus de ${inputLimits.levels} niveaux d’imbrication.`), { path: 'input' });
    const next: Json[] = [];
    for (const value of level) if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) next.push(each);
    level = next;
  }
  if (JSON.stringify(input).length > inputLimits.bytes) fail('TOO_LARGE', text('The input is larger than 50 MB. Upload a file and pass its id instead.', 'L’entrée dépasse 50 Mo. Téléversez un fichier et passez son identifiant.'), { path: 'input' });
}
