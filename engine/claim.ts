import type postgres from 'postgres';
import { findComponent } from '#db/components';
import type { Database } from '#db/client';
import { roleAllows } from '#db/run-rights';
import { eventOf, logRows, modelOf, type LogRow } from '#db/run-log';
import { getValue, valueOf } from '#db/blobs';
import { flowDefinition } from '#flow/flow';
import { isJsonObject } from '#flow/json';
import type { ComponentModel } from '#flow/component-model';
import { filledLimits, limitsFrom } from '#flow/limits';
import { foldEvents, initialRunState } from '#flow/run-state';
import { triggers } from '#flow/steps/capabilities';
import type { Appender } from './append';
import { LiveRun, type Claimed, type RunFacts } from './live-run';
import { planOf, planOfFork, type Plan } from './plan';

/** Taking, parking and giving back runs. The fence grows with every claim: whoever holds an older one writes nothing. */
/** `dueMs`: how long it had been due. `fresh`: of a run that nobody has begun, what carrying it on takes. */
export type Slot = Claimed & { runId: string; cancel: boolean; dueMs?: number; fresh?: Fresh | null };
type Fresh = Omit<Row, 'id'> & { event: Omit<LogRow, 'runId' | 'at'> & { at: string }; input: { encoding: string; body: string } | null };

/** Goes round the flows (a loose scan of the index by flow), oldest first within each. Of runs that stalled before it takes a few (see suspects.ts). */
export async function claimSlots(sql: postgres.Sql, worker: string, most: number, take: { suspects: number; notOf?: { flows: string[]; workspaces: string[] } }): Promise<Slot[]> {
  const { flows, workspaces } = take.notOf ?? { flows: [], workspaces: [] }; // Those with limits: see `claimLimited`.
  return sql<Slot[]>`
    with recursive f as (
      (select flow_id from run_slots where state <> 'leased' order by flow_id limit 1)
      union all
      select (select s.flow_id from run_slots s where s.state <> 'leased' and s.flow_id > f.flow_id order by s.flow_id limit 1) from f where f.flow_id is not null
    ), due as (
      select c.run_id, c.ready_at, row_number() over (partition by f.flow_id order by c.ready_at) as turn
      from f cross join lateral (
        select s.run_id, s.ready_at from run_slots s where s.flow_id = f.flow_id and s.flow_id <> all(${flows}::text[]) and s.workspace_id <> all(${workspaces}::text[]) and s.state <> 'leased' and s.ready_at <= now() and s.stalls = 0 order by s.ready_at limit ${most}
      ) c
    ), suspect as (
      select run_id from run_slots where state <> 'leased' and ready_at <= now() and stalls > 0 and flow_id <> all(${flows}::text[]) and workspace_id <> all(${workspaces}::text[]) order by ready_at limit ${Math.min(most, take.suspects)}
    ), chosen as (
      select run_id from (select run_id from due order by turn, ready_at limit ${most}) fair union select run_id from suspect
    ), locked as (
      select s.run_id from run_slots s where s.run_id in (select run_id from chosen) and s.state <> 'leased' and s.ready_at <= now() for update skip locked
    ), taken as (
      update run_slots s set state = 'leased', owner = ${worker}, fence = s.fence + 1 from locked where s.run_id = locked.run_id
      returning s.run_id, s.fence, s.head_seq, s.head_hash, s.wakes, s.stalls, s.cancel_requested, s.ready_at
    )
    select t.run_id as "runId", t.fence, t.head_seq as "headSeq", encode(t.head_hash, 'hex') as "headHash", t.wakes, t.stalls, t.cancel_requested as cancel,
      greatest(0, extract(epoch from now() - t.ready_at) * 1000)::int as "dueMs", fresh.given as fresh
    from taken t left join lateral (${freshOf(sql)}) fresh on true`;
}

/**
 * Row, first event and small input of a run that has one event only: they were made together with its slot, so whoever sees
 * the slot sees them. Of a longer log this statement may see less than the slot says. The limit keeps the planner at one
 * look by key per run.
 */
function freshOf(sql: postgres.Sql) {
  return sql`select to_json(one) as given from (
      select ${columnsOf(sql)}, json_build_object('seq', e.seq, 'type', e.type, 'version', e.version, 'stepId', e.step_id, 'attempt', e.attempt, 'iteration', e.iteration, 'fence', e.fence, 'at', e.at, 'data', e.data,
          'blob', encode(e.blob, 'hex'), 'hash', encode(e.hash, 'hex')) as event,
        case when b.body is not null then json_build_object('encoding', b.encoding, 'body', encode(b.body, 'base64')) end as input
      from runs r join flows f on f.id = r.flow_id join workspaces w on w.id = r.workspace_id join run_events e on e.run_id = r.id and e.seq = 1 left join components c on c.id = f.component_id
        left join blobs b on b.workspace_id = r.workspace_id and b.sha256 = r.input_ref and r.kind = 'dataflow' and b.size_bytes <= ${mostInputBytes}
      where r.id = t.run_id and e.run_id = t.run_id and t.head_seq = 1 limit 1
    ) one`;
}

/** Only if nobody left word since the run last looked: a wake-up is never lost. */
export async function parkSlot(sql: postgres.Sql, run: LiveRun, until: string | null): Promise<boolean> {
  const rows = await sql`update run_slots set state = 'waiting', owner = null, ready_at = coalesce(${until}::timestamptz, 'infinity')
    where run_id = ${run.facts.id} and fence = ${run.fence} and state = 'leased' and wakes = ${run.wakes} and not cancel_requested
      and not exists (select 1 from run_inbox where run_id = ${run.facts.id} and consumed_seq is null) returning run_id`;
  return rows.length > 0;
}

/** Hands a run back for anybody to take; with `stalled` it counts against the run and waits a little. */
export async function returnSlot(sql: postgres.Sql, slot: { runId: string; fence: number }, stalled: boolean): Promise<void> {
  await sql`update run_slots set state = 'ready', owner = null, ready_at = now() + case when ${stalled} then interval '1 second' * least(stalls + 1, 5) else interval '0' end, stalls = stalls + ${Number(stalled)}
    where run_id = ${slot.runId} and fence = ${slot.fence} and state = 'leased'`;
}

export type Word = { id: number; kind: string; payload: unknown };

/** What others left for this run, with the count of wake-ups it belongs to; null when the run is no longer ours. */
export async function readInbox(sql: postgres.Sql, run: LiveRun): Promise<{ wakes: number; words: Word[] } | null> {
  const [row] = await sql<{ wakes: number; words: Word[] }[]>`select s.wakes, coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'payload', i.payload) order by i.id)
      from run_inbox i where i.run_id = s.run_id and i.consumed_seq is null), '[]') as words
    from run_slots s where s.run_id = ${run.facts.id} and s.fence = ${run.fence} and s.state = 'leased'`;
  return row ?? null;
}

type Row = {
  id: string; workspaceId: string; flowId: string; flowName: string; componentId: string; componentRow: string | null; versionId: string; kind: string; trigger: string; startedBy: string | null; startedByName: string;
  instanceId: string | null; entryId: number | null; parentRunId: string | null; depth: number; pins: Record<string, string>; inputRef: string | null; outputRef: string | null; settings: unknown; traceparent: string | null; role: string | null;
};

/** `componentRow` is another with every change of the component. */
const columnsOf = (sql: postgres.Sql) => sql`r.workspace_id as "workspaceId", r.flow_id as "flowId", f.name as "flowName", f.component_id as "componentId", c.xmin::text || c.ctid::text as "componentRow",
  r.flow_version_id as "versionId", r.kind, r.trigger, r.started_by as "startedBy", r.started_by_name as "startedByName", r.instance_id as "instanceId", r.entry_id as "entryId", r.parent_run_id as "parentRunId",
  r.depth, r.pins, encode(r.input_ref, 'hex') as "inputRef", encode(r.output_ref, 'hex') as "outputRef", r.traceparent, w.settings,
  (select m.role from members m where m.workspace_id = r.workspace_id and m.user_id = r.started_by) as role`;

const plans = new Map<string, Plan>();
const components = new Map<string, { row: string; model: ComponentModel | null }>();

/**
 * Everything a claimed batch needs and did not bring along, in a handful of queries: facts, log, plan and, of workflows, the
 * model. `claimedMs`: `performance.now()` before the claim, so that its first steps need not ask again for what it saw.
 */
export async function loadRuns(database: Database, slots: readonly Slot[], appender: Appender, claimedMs = Number.NEGATIVE_INFINITY): Promise<LiveRun[]> {
  const ids = slots.flatMap((slot) => (slot.fresh ? [] : [slot.runId]));
  const [read, log] = ids.length === 0 ? [[], []] : await Promise.all([
    database.sql<Row[]>`select r.id, ${columnsOf(database.sql)} from runs r join flows f on f.id = r.flow_id join workspaces w on w.id = r.workspace_id left join components c on c.id = f.component_id where r.id = any(${ids}::uuid[])`,
    logRows(database.sql, ids),
  ]);
  const fresh = slots.flatMap(({ runId, fresh: given }) => (given ? [{ runId, ...given }] : []));
  const rows = new Map<string, Row>([...read, ...fresh.map(({ runId, event: _event, input: _input, ...row }) => ({ id: runId, ...row }))].map((row) => [row.id, row]));
  const logs = new Map<string, LogRow[]>(fresh.map(({ runId, event }) => [runId, [{ runId, ...event, at: new Date(event.at) }]]));
  for (const id of ids) logs.set(id, []);
  for (const each of log) logs.get(each.runId)?.push(each);
  const [, inputs, models] = await Promise.all([loadPlans(database, [...rows.values()].map((row) => row.versionId)), loadInputs(database, read), loadComponents(database, [...rows.values()])]);
  const given = new Map(fresh.map(({ runId, input }) => [runId, input && { encoding: input.encoding, body: Buffer.from(input.body, 'base64') }]));
  const loaded: LiveRun[] = [];
  for (const slot of slots) {
    const row = rows.get(slot.runId);
    const plan = row && plans.get(row.versionId);
    if (row && plan) {
      const component = models.get(row.componentId) ?? null;
      const run = await fold(database, slot, factsOf(row, plan, component ?? { id: row.componentId, title: '', fields: [], settings: {} }), row.entryId, logs.get(slot.runId) ?? [], appender);
      const input = given.get(slot.runId) ?? inputs.get(`${row.workspaceId}/${row.inputRef}`);
      run.input = input && valueOf(input);
      if (row.startedBy === null || roleAllows(row.role, 'runs.start')) run.rightSeenMs = claimedMs;
      if (component !== null) run.componentSeenMs = claimedMs;
      loaded.push(run);
    }
  }
  return loaded;
}

/** Read again when they were changed since; null for a component that is gone. */
async function loadComponents(database: Database, rows: readonly Row[]): Promise<Map<string, ComponentModel | null>> {
  const models = new Map<string, ComponentModel | null>();
  for (const { workspaceId, componentId, componentRow } of rows) {
    if (models.has(componentId)) continue;
    const known = components.get(componentId);
    if (known && known.row === componentRow) {
      models.set(componentId, known.model);
      continue;
    }
    const model = await findComponent(database.db, workspaceId, componentId);
    models.set(componentId, model);
    if (components.size > 500) components.clear();
    if (componentRow !== null) components.set(componentId, { row: componentRow, model });
  }
  return models;
}

type StoredInput = { encoding: string; body: Uint8Array };
const mostInputBytes = 20_000;

/** Small inputs of a batch in one query; larger ones are read by the step that wants them. */
async function loadInputs(database: Database, rows: readonly Row[]): Promise<Map<string, StoredInput>> {
  const wanted = rows.filter((row) => row.inputRef !== null && row.kind === 'dataflow');
  if (wanted.length === 0) return new Map();
  const found = await database.sql<(StoredInput & { workspaceId: string; sha256: string })[]>`select b.workspace_id as "workspaceId", encode(b.sha256, 'hex') as sha256, b.encoding, b.body
    from (select distinct * from unnest(${wanted.map((row) => row.workspaceId)}::text[], ${wanted.map((row) => row.inputRef)}::text[]) t(workspace_id, sha256)) w
    join blobs b on b.workspace_id = w.workspace_id and b.sha256 = decode(w.sha256, 'hex') where b.size_bytes <= ${mostInputBytes}`;
  return new Map(found.map((row) => [`${row.workspaceId}/${row.sha256}`, row]));
}

async function loadPlans(database: Database, versionIds: readonly string[]): Promise<void> {
  const missing = [...new Set(versionIds)].filter((id) => !plans.has(id));
  if (missing.length === 0) return;
  if (plans.size > 500) plans.clear();
  const rows = await database.sql<{ id: string; definition: unknown }[]>`select id, definition from flow_versions where id = any(${missing})`;
  for (const row of rows) plans.set(row.id, planOf(flowDefinition.parse(row.definition)));
}

function factsOf(row: Row, plan: Plan, component: ComponentModel): RunFacts {
  const { entryId: _entryId, versionId: _versionId, componentId: _componentId, componentRow: _componentRow, role: _role, settings, startedBy, startedByName, kind, trigger, ...rest } = row;
  return {
    ...rest, plan, component, limits: filledLimits(limitsFrom(settings)), kind: kind === 'workflow' ? 'workflow' : 'dataflow', trigger: triggers.find((each) => each === trigger) ?? 'api', startedBy: { id: startedBy, name: startedByName },
  };
}

async function fold(database: Database, slot: Slot, facts: RunFacts, entryId: number | null, rows: readonly LogRow[], appender: Appender): Promise<LiveRun> {
  const state = foldEvents(initialRunState, rows.map(eventOf));
  const run = new LiveRun(state.fork ? { ...facts, plan: planOfFork(facts.plan, state.fork) } : facts, slot, state, appender, entryId);
  run.called = slot.cancel || slot.wakes > 0; // Word may have been left before anybody had claimed it: not one step begins.
  for (const row of rows) {
    run.logBytes += JSON.stringify(row.data).length;
    if (row.blob !== null && row.stepId !== null && row.type === 'step.succeeded') run.blobOf.set(row.stepId, row.blob);
    if (row.type === 'run.started') run.startedAtMs = row.at.getTime();
    if (row.type === 'run.requested') run.override = row.blob;
  }
  // What was edited for a fork stands above what it reuses, and below what it has done itself.
  const models = rows.filter((row) => row.blob !== null && (row.type === 'run.started' || row.type === 'step.succeeded'));
  const own = models.findLast((row) => !isJsonObject(row.data) || row.data['reused'] !== true);
  const modelRef = own?.blob ?? run.override ?? models.at(-1)?.blob;
  if (facts.kind === 'workflow' && modelRef) run.model = modelOf(await getValue(database.db, facts.workspaceId, modelRef));
  return run;
}
