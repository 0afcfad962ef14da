import type postgres from 'postgres';
import type { Blob } from '#db/blobs';
import type { Json } from '#flow/json';
import { eventVersion } from '#flow/run-event';
import type { LiveRun } from './live-run';
import type { Projection } from './projection';

/** One run's part of a flush, and the statement that writes all of them. */
export type EventRow = {
  runId: string; seq: number; type: string; version: number; stepId: string | null; attempt: number | null; iteration: number | null; fence: number; at: string;
  data: Json; json: string; blob: string | null; hash: string;
};
export type Append = {
  run: LiveRun; oldSeq: number; newSeq: number; headHash: string; rows: EventRow[]; progressed: boolean; ended: boolean; projection: Projection | null;
  blobs: readonly Blob[]; consumed: { id: number; seq: number }[];
};
/** A run that is missing among the answers is fenced out. */
export type Answer = { runId: string; cancel: boolean; wakes: number };

export async function writeAppends(sql: postgres.Sql, appends: readonly Append[], known: (workspaceId: string, sha256: string) => boolean): Promise<Answer[]> {
  const events = appends.flatMap((append, place) => append.rows.map((row) => ({ place, row })));
  const blobs = uniqueBlobs(appends, known);
  const moved = appends.flatMap(({ run, newSeq, headHash, projection, ended }) => (projection ? [{ run, newSeq, headHash, ended, ...projection }] : []));
  const consumed = appends.flatMap((append) => append.consumed);
  const told = appends.flatMap(({ run, newSeq, ended, projection }) => (run.facts.parentRunId !== null && projection && (ended || projection.status === 'waiting') ? [{ parent: run.facts.parentRunId, key: `${run.facts.id}:${newSeq}` }] : []));
  const of = <T, V>(list: readonly T[], pick: (each: T) => V): V[] => list.map(pick);
  const isInstanceMoved = moved.some((each) => each.instanceState !== null);
  const isEnded = appends.some((append) => append.ended);
  // What is empty in most flushes is left out: a few statements are prepared instead of one that always does everything.
  return sql<Answer[]>`
    with h as (
      select * from unnest(${of(appends, (a) => a.run.facts.id)}::uuid[], ${of(appends, (a) => a.run.fence)}::int[], ${of(appends, (a) => a.oldSeq)}::int[], ${of(appends, (a) => a.newSeq)}::int[],
        ${of(appends, (a) => a.headHash)}::text[], ${of(appends, (a) => Number(a.ended))}::int[], ${of(appends, (a) => Number(a.progressed))}::int[]) with ordinality t(run_id, fence, old_seq, new_seq, hash, ended, progressed, place)
    ), u as (
      update run_slots s set head_seq = h.new_seq, head_hash = decode(h.hash, 'hex'), stalls = case when h.progressed = 1 then 0 else s.stalls end,
        last_progress_seq = case when h.progressed = 1 then h.new_seq else s.last_progress_seq end
      from h where s.run_id = h.run_id and s.fence = h.fence and s.head_seq = h.old_seq and s.state = 'leased' and h.ended = 0
      returning s.run_id, s.fence, s.cancel_requested, s.wakes, h.place
    ), d as (
      delete from run_slots s using h where s.run_id = h.run_id and s.fence = h.fence and s.head_seq = h.old_seq and s.state = 'leased' and h.ended = 1
      returning s.run_id, s.fence, s.cancel_requested, s.wakes, h.place
    ), ok as (
      select * from u union all select * from d
    ), e as (
      insert into run_events (run_id, seq, type, version, step_id, attempt, iteration, fence, at, data, blob, hash)
      select ok.run_id, t.seq, t.type, ${eventVersion}::int, t.step_id, t.attempt, t.iteration, ok.fence, t.at::timestamptz, t.data::jsonb, decode(t.blob, 'hex'), decode(t.hash, 'hex')
      from unnest(${of(events, (e) => e.place + 1)}::int[], ${of(events, (e) => e.row.seq)}::int[], ${of(events, (e) => e.row.type)}::text[], ${of(events, (e) => e.row.stepId)}::text[], ${of(events, (e) => e.row.attempt)}::int[],
        ${of(events, (e) => e.row.iteration)}::int[], ${of(events, (e) => e.row.at)}::text[], ${of(events, (e) => e.row.json)}::text[], ${of(events, (e) => e.row.blob)}::text[], ${of(events, (e) => e.row.hash)}::text[])
        t(place, seq, type, step_id, attempt, iteration, at, data, blob, hash)
      join ok on ok.place = t.place
    )${blobs.length > 0 ? sql`, b as (
      insert into blobs (workspace_id, sha256, size_bytes, encoding, body)
      select t.workspace_id, decode(t.sha256, 'hex'), t.size_bytes, t.encoding, decode(t.body, 'base64')
      from unnest(${of(blobs, (b) => b.workspaceId)}::text[], ${of(blobs, (b) => b.sha256)}::text[], ${of(blobs, (b) => b.sizeBytes)}::bigint[], ${of(blobs, (b) => b.encoding)}::text[],
        ${of(blobs, (b) => Buffer.from(b.body).toString('base64'))}::text[]) t(workspace_id, sha256, size_bytes, encoding, body)
      order by t.workspace_id, t.sha256 on conflict (workspace_id, sha256) do update set touched_at = now() where blobs.touched_at < now() - interval '1 hour'
    )` : sql``}${moved.length > 0 ? sql`, r as (
      update runs r set status = t.status, warnings = t.warnings, steps_done = t.steps_done, items_out = t.items_out, started_at = t.started_at::timestamptz, finished_at = t.finished_at::timestamptz, error = t.error::jsonb,
        response_ready = r.response_ready or t.responded = 1, output_ref = coalesce(decode(t.output_ref, 'hex'), r.output_ref),
        search_text = case when t.search = '' then r.search_text else left(r.search_text || ' ' || t.search, 6000) end, head_seq = t.head_seq, head_hash = decode(t.head_hash, 'hex'), last_fence = t.fence
      from unnest(${of(moved, (m) => m.run.facts.id)}::uuid[], ${of(moved, (m) => m.status)}::text[], ${of(moved, (m) => m.warnings)}::int[], ${of(moved, (m) => m.stepsDone)}::int[], ${of(moved, (m) => m.itemsOut)}::int[],
        ${of(moved, (m) => m.startedAt)}::text[], ${of(moved, (m) => m.finishedAt)}::text[], ${of(moved, (m) => m.error)}::text[], ${of(moved, (m) => Number(m.responded))}::int[], ${of(moved, (m) => m.outputRef)}::text[],
        ${of(moved, (m) => m.search)}::text[], ${of(moved, (m) => m.newSeq)}::int[], ${of(moved, (m) => m.headHash)}::text[], ${of(moved, (m) => m.run.fence)}::int[])
        t(run_id, status, warnings, steps_done, items_out, started_at, finished_at, error, responded, output_ref, search, head_seq, head_hash, fence) join ok on ok.run_id = t.run_id
      where r.id = t.run_id
    )` : sql``}${isInstanceMoved ? sql`, n as (
      update instances i set state = t.state, updated_at = now(), moved_run = t.run_id, moved_step = t.step, moved_by = t.by::jsonb, moved_reason = t.reason
      from unnest(${of(moved, (m) => m.run.facts.id)}::uuid[], ${of(moved, (m) => m.run.facts.instanceId)}::text[], ${of(moved, (m) => m.instanceState)}::text[],
        ${of(moved, (m) => m.move.stepId)}::text[], ${of(moved, (m) => m.move.by)}::text[], ${of(moved, (m) => m.move.reason)}::text[]) t(run_id, instance_id, state, step, by, reason) join ok on ok.run_id = t.run_id
      where i.id = t.instance_id and t.state is not null and i.state is distinct from t.state
      returning i.id, i.workspace_id
    ), g as (
      insert into changes (workspace_id, topic, object_id) select workspace_id, 'instance', id from n
    )` : sql``}${isEnded ? sql`, k as (
      update tasks t set state = 'closed', closed_at = now() from d where t.run_id = d.run_id and t.state = 'open' returning t.id, t.workspace_id
    ), kg as (
      insert into changes (workspace_id, topic, object_id) select workspace_id, 'task', id from k
    )` : sql``}${consumed.length > 0 ? sql`, c as (
      update run_inbox x set consumed_seq = t.seq
      from unnest(${of(consumed, (c) => c.id)}::bigint[], ${of(consumed, (c) => c.seq)}::int[]) t(id, seq) join run_inbox y on y.id = t.id join ok on ok.run_id = y.run_id
      where x.id = t.id
    )` : sql``}${told.length > 0 ? sql`, p as (
      insert into run_inbox (run_id, kind, dedupe_key)
      select t.parent, 'child_done', t.key from unnest(${of(told, (t) => t.parent)}::uuid[], ${of(told, (t) => t.key)}::text[]) t(parent, key)
      join ok on ok.run_id = split_part(t.key, ':', 1)::uuid join run_slots s on s.run_id = t.parent on conflict do nothing
    )` : sql``}
    select run_id as "runId", cancel_requested as cancel, wakes from ok`;
}

function uniqueBlobs(appends: readonly Append[], known: (workspaceId: string, sha256: string) => boolean) {
  const found = new Map<string, Blob & { workspaceId: string }>();
  for (const { run, blobs } of appends) {
    const { workspaceId } = run.facts;
    for (const blob of blobs) if (!known(workspaceId, blob.sha256)) found.set(`${workspaceId}/${blob.sha256}`, { ...blob, workspaceId });
  }
  return [...found.values()];
}
