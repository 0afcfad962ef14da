import { and, desc, eq, gt, lte, sql } from 'drizzle-orm';
import { z } from 'zod';
import { diffDefinitions, type FlowDiff } from '#flow/diff';
import { fail, type Result } from '#flow/failure';
import type { FlowDefinition } from '#flow/flow';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import type { Access } from './access';
import type { Database, Executor } from './client';
import type { UpdateKind } from './flow-documents';
import { definitionAt } from './flow-moments';
import { findFlow } from './flows';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { flowChanges as changeRows, flowUpdates, user } from './schema';

/** The edit log as people read it: who changed what, what the flow was at any moment, and the way back. */
export type Person = { id: string; name: string };
export type HistoryFilter = { author?: string | undefined; stepId?: string | undefined; from?: number | undefined; to?: number | undefined };

/** One edit as people read it: `author` null is a program with an API key. */
export type FlowChange = { seq: number; idx: number; at: string; author: Person | null; stepId: string | null; key: string; op: string; old: Json; new: Json };

const json: z.ZodType<Json> = z.json();
export const personOf = (id: string | null, name: string | null): Person | null => (id === null ? null : { id, name: name ?? '' });

/** The edit history of the draft, newest first. `from` is exclusive, `to` inclusive. */
export async function flowChanges(database: Database, access: Access, flowId: string, { author, stepId, from, to, ...page }: HistoryFilter & Page): Promise<Result<Listed<FlowChange>>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const before = decodeCursor(page.cursor, z.tuple([z.int(), z.int()]));
    const rows = await database.db.select({
      seq: changeRows.seq, idx: changeRows.idx, at: changeRows.at, userId: changeRows.userId, userName: user.name, stepId: changeRows.stepId, key: changeRows.key, op: changeRows.op,
      old: changeRows.old, new: changeRows.new,
    }).from(changeRows).leftJoin(user, eq(user.id, changeRows.userId))
      .where(and(
        eq(changeRows.flowId, flowId), author === undefined ? undefined : eq(changeRows.userId, author), stepId === undefined ? undefined : eq(changeRows.stepId, stepId),
        from === undefined ? undefined : gt(changeRows.seq, from), to === undefined ? undefined : lte(changeRows.seq, to),
        before ? sql`(${changeRows.seq}, ${changeRows.idx}) < (${before[0]}, ${before[1]})` : undefined,
      ))
      .orderBy(desc(changeRows.seq), desc(changeRows.idx)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.seq, row.idx], (row) => ({
      seq: row.seq, idx: row.idx, at: row.at.toISOString(), author: personOf(row.userId, row.userName), stepId: row.stepId, key: row.key, op: row.op, old: json.parse(row.old ?? null), new: json.parse(row.new ?? null),
    }));
  });
}

/** Changes of one person to one thing without a minute's pause: what people mean by "an edit". `seq` is its last moment. */
export type FlowEdit = { seq: number; firstSeq: number; at: string; firstAt: string; author: Person | null; kind: UpdateKind; stepIds: string[]; changes: number };

const mostRows = 20_000;
const editRow = z.object({
  seq: z.int(), first_seq: z.int(), at: z.date(), first_at: z.date(), user_id: z.string().nullable(), user_name: z.string().nullable(),
  kind: z.enum(['edit', 'import', 'restore', 'migrate']).nullable(), target: z.string(), changes: z.int(),
});

/** Newest first. */
export async function flowEdits(database: Database, access: Access, flowId: string, filter: HistoryFilter & Page): Promise<Result<Listed<FlowEdit>>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const before = decodeCursor(filter.cursor, z.int());
    const rows = await editRows(database, flowId, { ...filter, before });
    return paged(rows, filter.limit, (row) => row.first_seq, (row) => ({
      seq: row.seq, firstSeq: row.first_seq, at: row.at.toISOString(), firstAt: row.first_at.toISOString(), author: personOf(row.user_id, row.user_name),
      kind: row.kind ?? 'edit', stepIds: row.target.split(' ').filter((each) => !each.includes('.')), changes: row.changes,
    }));
  });
}

async function editRows({ sql: query }: Database, flowId: string, { author, stepId, from, to, before, limit }: HistoryFilter & { before: number | null; limit: number }) {
  const rows = await query`
    with found as (
      select seq, user_id, at, step_id, key from flow_changes
      where flow_id = ${flowId} and seq > ${from ?? 0} and seq <= ${to ?? Number.MAX_SAFE_INTEGER} and seq < ${before ?? Number.MAX_SAFE_INTEGER}
        ${author === undefined ? query`` : query`and user_id = ${author}`} ${stepId === undefined ? query`` : query`and step_id = ${stepId}`}
      order by seq desc, idx desc limit ${mostRows}
    ), moments as (
      select seq, min(user_id) as user_id, max(at) as at, count(*)::int as changes,
        string_agg(distinct coalesce(step_id, split_part(key, '.', 1) || '.' || split_part(key, '.', 2)), ' ') as target
      from found group by seq
    ), told as (
      select moments.*, u.kind from moments left join flow_updates u on u.flow_id = ${flowId} and u.seq = moments.seq
    ), begun as (
      select *, case when lag(user_id) over newest is not distinct from user_id and lag(target) over newest = target and lag(kind) over newest is not distinct from kind
        and lag(at) over newest - at < interval '1 minute' then 0 else 1 end as begins
      from told window newest as (order by seq desc)
    ), numbered as (
      select *, sum(begins) over (order by seq desc) as edit from begun
    )
    select max(n.seq)::int as seq, min(n.seq)::int as first_seq, max(n.at) as at, min(n.at) as first_at, min(n.user_id) as user_id, min(p.name) as user_name, min(n.kind) as kind,
      min(n.target) as target, sum(n.changes)::int as changes
    from numbered n left join "user" p on p.id = n.user_id
    group by n.edit order by min(n.edit) limit ${limit + 1}`;
  return rows.map((row) => editRow.parse(row));
}

// ——— moments

export type Moment = { seq: number; at: string; author: Person | null; definition: FlowDefinition };
type Place = { seq: number; at: Date; userId: string | null; userName: string | null };

/** The head of the log when `seq` is null. */
export async function placeAt(db: Executor, flowId: string, seq: number | null): Promise<Place> {
  const [found] = await db.select({ seq: flowUpdates.seq, at: flowUpdates.at, userId: flowUpdates.userId, userName: user.name }).from(flowUpdates).leftJoin(user, eq(user.id, flowUpdates.userId))
    .where(and(eq(flowUpdates.flowId, flowId), seq === null ? undefined : eq(flowUpdates.seq, seq))).orderBy(desc(flowUpdates.seq)).limit(1);
  return found ?? fail('MOMENT_NOT_FOUND', text(
    `The flow's history has no moment ${seq}. GET /flows/${flowId}/history lists them.`, `L’historique du flux n’a pas de moment ${seq}. GET /flows/${flowId}/history les liste.`));
}

/** What the flow was after its edit `seq`. */
export async function flowAt(database: Database, access: Access, flowId: string, seq: number): Promise<Result<{ moment: Moment }>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const place = await placeAt(database.db, flowId, seq);
    return { moment: { seq, at: place.at.toISOString(), author: personOf(place.userId, place.userName), definition: await definitionAt(database, flowId, seq) } };
  });
}

export async function headOf(db: Executor, flowId: string): Promise<number> {
  return (await placeAt(db, flowId, null)).seq;
}

export type MomentDiff = { from: number; to: number; diff: FlowDiff; authors: Record<string, Person[]> };

/** What differs between two moments, and whose changes lie between them. `from` 0 is before anything was there. */
export async function diffMoments(database: Database, access: Access, flowId: string, { from, to }: { from: number; to: number }): Promise<Result<MomentDiff>> {
  return permitted(access, 'workspace.read', async () => {
    const { db } = database;
    await findFlow(db, access.workspaceId, flowId);
    for (const seq of [from, to]) if (seq > 0) await placeAt(db, flowId, seq);
    const [before, after] = await Promise.all([from === 0 ? null : definitionAt(database, flowId, from), definitionAt(database, flowId, to)]);
    return { from, to, diff: diffDefinitions(before, after), authors: await authorsBetween(db, flowId, Math.min(from, to), Math.max(from, to)) };
  });
}

/** Changes of the flow as a whole (name, settings, stages, notes) stand under this key. */
export const wholeFlow = '$flow';

/** Who changed what, by step. `from` is exclusive. */
export async function authorsBetween(db: Executor, flowId: string, from: number, to = Number.MAX_SAFE_INTEGER): Promise<Record<string, Person[]>> {
  const rows = await db.selectDistinct({ stepId: changeRows.stepId, userId: changeRows.userId, userName: user.name }).from(changeRows).innerJoin(user, eq(user.id, changeRows.userId))
    .where(and(eq(changeRows.flowId, flowId), gt(changeRows.seq, from), lte(changeRows.seq, to)));
  const authors: Record<string, Person[]> = {};
  for (const row of rows) {
    const person = personOf(row.userId, row.userName);
    if (person) (authors[row.stepId ?? wholeFlow] ??= []).push(person);
  }
  return authors;
}

// ——— blame

/** Who last set a parameter (`params.x`), source, name … of a step. `step`: who added it. */
export type Blame = { stepId: string; key: string; author: Person | null; at: string; seq: number };

export async function blame(database: Database, access: Access, flowId: string, { stepId }: { stepId?: string | undefined } = {}): Promise<Result<{ items: Blame[] }>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const { sql: query } = database;
    const rows = await query<{ step_id: string; field: string; op: string; seq: number; at: Date; user_id: string | null; user_name: string | null; kind: string | null }[]>`
      select c.step_id, c.field, c.op, c.seq::int as seq, c.at, c.user_id, p.name as user_name, u.kind from (
        select distinct on (step_id, field) * from (
          select step_id, substring(key from '^(?:params\.)?[^.[]+') as field, op, seq, idx, at, user_id from flow_changes
          where flow_id = ${flowId} and step_id is not null ${stepId === undefined ? query`` : query`and step_id = ${stepId}`}
        ) named order by step_id, field, seq desc, idx desc
      ) c left join "user" p on p.id = c.user_id left join flow_updates u on u.flow_id = ${flowId} and u.seq = c.seq
      order by c.step_id, c.field`;
    const whole = new Map(rows.filter((row) => row.field === 'step' && row.op === 'add' && row.kind !== 'edit').map((row) => [row.step_id, row]));
    return {
      items: rows.map((row) => {
        // An import or restore that brought the whole step set every value that nobody set since; an undo brings values back with their authors.
        const newer = whole.get(row.step_id);
        const by = newer && newer.seq > row.seq ? newer : row;
        return { stepId: row.step_id, key: row.field, author: personOf(by.user_id, by.user_name), at: by.at.toISOString(), seq: by.seq };
      }),
    };
  });
}
