import type postgres from 'postgres';

/**
 * Removes recorded contents that nothing refers to any more. Whatever stores a content it finds stored already touches
 * it if that was an hour ago or more, so what is younger than a day is never in anybody's hands.
 */
export const youngestSweptHours = 24;

/** Columns that refer to `blobs`; a test holds this list against the schema. */
export const blobReferences = ['run_events.blob', 'runs.input_ref', 'runs.output_ref', 'files.sha256', 'export_parts.sha256'];

export async function sweepBlobs(sql: postgres.Sql, olderThanHours = youngestSweptHours): Promise<{ blobs: number; bytes: number }> {
  // One look through the events for all candidates, rather than an index that every append would have to keep.
  // Row locks are taken by the delete itself, which looks at `touched_at` again: a blob touched meanwhile stays.
  const [row] = await sql<{ blobs: string; bytes: string }[]>`
    with old as materialized (
      select workspace_id, sha256 from blobs where touched_at < now() - make_interval(hours => ${olderThanHours})
    ), used as (
      select e.blob as sha256 from run_events e where e.blob in (select sha256 from old)
      union select input_ref from runs where input_ref in (select sha256 from old)
      union select output_ref from runs where output_ref in (select sha256 from old)
      union select decode(f.sha256, 'hex') from files f where f.deleted_at is null and f.sha256 in (select encode(sha256, 'hex') from old)
      union select x.sha256 from export_parts x where x.sha256 in (select sha256 from old)
      union select decode(p ->> 'sha256', 'hex') from blobs b, jsonb_array_elements(convert_from(b.body, 'UTF8')::jsonb -> 'pages') p where b.encoding = 'pages' and b.workspace_id in (select workspace_id from old)
    ), gone as (
      delete from blobs b using old where b.workspace_id = old.workspace_id and b.sha256 = old.sha256 and b.touched_at < now() - make_interval(hours => ${olderThanHours})
        and not exists (select 1 from used where used.sha256 = old.sha256) returning length(b.body) as bytes
    )
    select count(*) as blobs, coalesce(sum(bytes), 0) as bytes from gone`;
  return { blobs: Number(row?.blobs), bytes: Number(row?.bytes) };
}
