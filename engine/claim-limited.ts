import type postgres from 'postgres';
import { limitsFrom } from '#flow/limits';
import type { Slot } from './claim';

/**
 * Flows and workspaces that may have only so many runs at work at once. Their runs are claimed apart, by one worker at a
 * time: the count must be newer than the last claim, which takes a lock and a statement of its own. A run that only waits
 * (a call, a person, a pause) takes no place.
 */
export type FlowLimits = { flowId: string; flow: number | null; workspaceId: string; workspace: number | null };
export type Limited = { flows: string[]; workspaces: string[] };

/** Who has limits: their runs are left to `claimLimited`. */
export async function whoIsLimited(sql: postgres.Sql): Promise<Limited> {
  const [row] = await sql<Limited[]>`select array(select id from flows where concurrency is not null) as flows, array(select id from workspaces where settings #> '{limits,concurrency}' is not null) as workspaces`;
  return row ?? { flows: [], workspaces: [] };
}

async function limitedFlows(sql: postgres.TransactionSql): Promise<FlowLimits[]> {
  const rows = await sql<{ flowId: string; flow: number | null; workspaceId: string; settings: unknown }[]>`
    select f.id as "flowId", f.concurrency as flow, f.workspace_id as "workspaceId", w.settings from flows f join workspaces w on w.id = f.workspace_id
    where f.concurrency is not null or w.settings #> '{limits,concurrency}' is not null`;
  return rows.map(({ settings, ...rest }) => ({ ...rest, workspace: limitsFrom(settings).concurrency ?? null }));
}

type Due = { runId: string; flowId: string; workspaceId: string };

export async function claimLimited(sql: postgres.Sql, worker: string, most: number, limited: Limited): Promise<Slot[]> {
  if (limited.flows.length + limited.workspaces.length === 0 || most <= 0) return [];
  return sql.begin(async (tx) => {
    const [lock] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(hashtext('millrace.limits')) as mine`;
    if (!lock?.mine) return [];
    const limits = await limitedFlows(tx);
    const busy = await tx<{ flowId: string; workspaceId: string }[]>`select s.flow_id as "flowId", s.workspace_id as "workspaceId" from run_slots s join runs r on r.id = s.run_id
      where s.state = 'leased' and r.status not in ('waiting', 'paused')`;
    const due = await tx<Due[]>`
      select c.run_id as "runId", c.flow_id as "flowId", c.workspace_id as "workspaceId" from unnest(${limits.map((each) => each.flowId)}::text[]) f(id) cross join lateral (
        select s.*, row_number() over (order by s.ready_at) as turn from run_slots s
        where s.flow_id = f.id and s.state <> 'leased' and s.ready_at <= now() and s.stalls < 5 order by s.ready_at limit ${most}
      ) c order by c.turn, c.ready_at`;
    const chosen = choose(due, busy, limits, most);
    if (chosen.length === 0) return [];
    return [...await tx<Slot[]>`
      with locked as (select run_id from run_slots where run_id = any(${chosen}::uuid[]) and state <> 'leased' and ready_at <= now() for update skip locked)
      update run_slots s set state = 'leased', owner = ${worker}, fence = s.fence + 1 from locked where s.run_id = locked.run_id
      returning s.run_id as "runId", s.fence, s.head_seq as "headSeq", encode(s.head_hash, 'hex') as "headHash", s.wakes, s.stalls, s.cancel_requested as cancel`];
  });
}

/** In turn, flow by flow, as long as both limits leave a place. */
export function choose(due: readonly Due[], busy: readonly { flowId: string; workspaceId: string }[], limits: readonly FlowLimits[], most: number): string[] {
  const taken = new Map<string, number>();
  const add = (key: string) => taken.set(key, (taken.get(key) ?? 0) + 1);
  for (const each of busy) for (const key of [each.flowId, each.workspaceId]) add(key);
  const of = new Map(limits.map((each) => [each.flowId, each]));
  const chosen: string[] = [];
  for (const { runId, flowId, workspaceId } of due) {
    const limit = of.get(flowId);
    if (chosen.length >= most) break;
    if ((taken.get(flowId) ?? 0) >= (limit?.flow ?? Infinity) || (taken.get(workspaceId) ?? 0) >= (limit?.workspace ?? Infinity)) continue;
    for (const key of [flowId, workspaceId]) add(key);
    chosen.push(runId);
  }
  return chosen;
}
