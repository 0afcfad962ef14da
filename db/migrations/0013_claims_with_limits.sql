-- Claims runs of flows and workspaces that may have only so many at work at once (engine/claim-limited.ts). In a function, because the
-- count must be newer than the last claim: what follows the lock sees what was committed before it was taken, while one statement would
-- see what was there when it began. And in one call, because whoever freezes between two statements of a transaction keeps the lock.
create function claim_limited(worker text, most int, suspects int)
returns table ("runId" uuid, fence int, "headSeq" int, "headHash" text, wakes int, stalls int, cancel boolean)
language plpgsql as $$
#variable_conflict use_column
begin
  if not pg_try_advisory_xact_lock(hashtext('millrace.limits')) then
    return;
  end if;
  return query
  with limits as materialized (
    select f.id as flow_id, f.workspace_id, coalesce(f.concurrency, 2147483647) as of_flow,
      case when jsonb_typeof(w.settings #> '{limits,concurrency}') = 'number' then (w.settings #>> '{limits,concurrency}')::numeric else 2147483647 end as of_workspace
    from flows f join workspaces w on w.id = f.workspace_id where f.concurrency is not null or w.settings #> '{limits,concurrency}' is not null
  ), busy as materialized (
    -- A run that only waits (a call, a person, a pause) takes no place.
    select s.flow_id, s.workspace_id from run_slots s join runs r on r.id = s.run_id where s.state = 'leased' and r.status not in ('waiting', 'paused')
  ), of_flows as (
    select flow_id, count(*) as taken from busy group by flow_id
  ), of_workspaces as (
    select workspace_id, count(*) as taken from busy group by workspace_id
  ), due as (
    select l.*, c.run_id, c.ready_at, c.stalls > 0 as is_suspect, row_number() over (partition by l.flow_id order by c.ready_at, c.run_id) as turn
    from limits l cross join lateral (
      (select s.run_id, s.ready_at, s.stalls from run_slots s where s.flow_id = l.flow_id and s.state <> 'leased' and s.ready_at <= now() and s.stalls = 0 order by s.ready_at limit most)
      union all
      (select s.run_id, s.ready_at, s.stalls from run_slots s where s.flow_id = l.flow_id and s.state <> 'leased' and s.ready_at <= now() and s.stalls > 0 order by s.ready_at limit suspects)
    ) c
  ), in_flow as (
    -- In turn, flow by flow, as long as both limits leave a place.
    select d.*, row_number() over (partition by d.workspace_id order by d.turn, d.ready_at, d.run_id) as turn_in_workspace
    from due d left join of_flows b on b.flow_id = d.flow_id where d.turn + coalesce(b.taken, 0) <= d.of_flow
  ), fit as (
    select i.*, row_number() over (partition by i.is_suspect order by i.turn, i.ready_at, i.run_id) as turn_of_kind
    from in_flow i left join of_workspaces b on b.workspace_id = i.workspace_id where i.turn_in_workspace + coalesce(b.taken, 0) <= i.of_workspace
  ), chosen as (
    select run_id from fit where not is_suspect or turn_of_kind <= suspects order by turn, ready_at, run_id limit most
  ), locked as (
    select s.run_id from run_slots s where s.run_id in (select run_id from chosen) and s.state <> 'leased' and s.ready_at <= now() order by s.run_id for update skip locked
  )
  update run_slots s set state = 'leased', owner = worker, fence = s.fence + 1 from locked where s.run_id = locked.run_id
  returning s.run_id, s.fence, s.head_seq, encode(s.head_hash, 'hex'), s.wakes, s.stalls, s.cancel_requested;
end $$;
