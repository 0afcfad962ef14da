import * as Y from 'yjs';
import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm';
import type { Database, Executor } from './client';
import { flowClients, flowSnapshots, flowUpdates } from './schema';

/**
 * The stored form of a flow's document: an append-only log of Yjs updates, each with its author, and snapshots that
 * shorten loading. The log's primary key (flow, seq) is also the fence: of two writers at one place, one fails.
 */
export type UpdateKind = 'edit' | 'import' | 'restore' | 'migrate';
export type UpdateRow = {
  flowId: string; seq: number; userId: string | null; sessionId?: string | null; clientId?: number | null; kind: UpdateKind; payload: Uint8Array;
};
/** `whole`: the document as one update, as it lies there, when it is stored as one. */
export type StoredDocument = { doc: Y.Doc; whole: Uint8Array | null; seq: number; snapshotBytes: number; rowsSinceSnapshot: number; bytesSinceSnapshot: number };

/** Yjs client ids that the server itself wrote with belong to this name, so that no socket can claim them. */
export const serverClient = '$server';

/** The newest snapshot and the rows after it, replayed in one transaction (merging updates first is far slower). */
export async function loadDocument(db: Executor, flowId: string, upTo?: number): Promise<StoredDocument> {
  const { snapshot, rows } = await storedParts(db, flowId, upTo);
  const parts = updatesOf({ snapshot, rows });
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const part of parts) Y.applyUpdate(doc, part);
  }, 'load');
  const bytesSinceSnapshot = rows.reduce((sum, row) => sum + row.payload.byteLength, 0);
  return {
    doc, whole: parts.length === 1 ? (parts[0] ?? null) : null, seq: rows.at(-1)?.seq ?? snapshot?.seq ?? 0,
    snapshotBytes: snapshot?.state.byteLength ?? 0, rowsSinceSnapshot: rows.length, bytesSinceSnapshot,
  };
}

/** The same without reading it: updates that together are the document, for whoever replays them. */
export async function storedUpdates(db: Executor, flowId: string): Promise<Uint8Array[]> {
  return updatesOf(await storedParts(db, flowId));
}

function updatesOf({ snapshot, rows }: Awaited<ReturnType<typeof storedParts>>): Uint8Array[] {
  return [...(snapshot ? [snapshot.state] : []), ...rows.map((row) => row.payload)];
}

async function storedParts(db: Executor, flowId: string, upTo?: number) {
  const [snapshot] = await db.select({ seq: flowSnapshots.seq, state: flowSnapshots.state }).from(flowSnapshots)
    .where(and(eq(flowSnapshots.flowId, flowId), upTo === undefined ? undefined : lte(flowSnapshots.seq, upTo))).orderBy(desc(flowSnapshots.seq)).limit(1);
  const rows = await db.select({ seq: flowUpdates.seq, payload: flowUpdates.payload }).from(flowUpdates)
    .where(and(eq(flowUpdates.flowId, flowId), gt(flowUpdates.seq, snapshot?.seq ?? 0), upTo === undefined ? undefined : lte(flowUpdates.seq, upTo))).orderBy(asc(flowUpdates.seq));
  return { snapshot, rows };
}

export async function appendUpdates(tx: Executor, rows: UpdateRow[]): Promise<void> {
  if (rows.length > 0) await tx.insert(flowUpdates).values(rows);
}

/** A new flow's first row. Called once, in the transaction that makes the flow. */
export async function insertDocument(tx: Executor, flow: { flowId: string; userId: string | null; kind?: UpdateKind }, doc: Y.Doc): Promise<void> {
  await appendUpdates(tx, [{ flowId: flow.flowId, seq: 1, userId: flow.userId, kind: flow.kind ?? 'edit', clientId: doc.clientID, payload: Y.encodeStateAsUpdate(doc) }]);
  await claimClient(tx, flow.flowId, doc.clientID, serverClient);
}

export async function claimClient(tx: Executor, flowId: string, clientId: number, userId: string): Promise<void> {
  await tx.insert(flowClients).values({ flowId, clientId, userId }).onConflictDoNothing();
}

/** Which user each Yjs client id of this flow belongs to. */
export async function clientsOf(db: Executor, flowId: string): Promise<Map<number, string>> {
  const rows = await db.select({ clientId: flowClients.clientId, userId: flowClients.userId }).from(flowClients).where(eq(flowClients.flowId, flowId));
  return new Map(rows.map((row) => [row.clientId, row.userId]));
}

/** Rows between the snapshots that are kept of the past: what a look back has to replay at most, more or less. */
export const snapshotSpan = 1_250;

/**
 * `state` must hold exactly the updates up to `seq`. The newest and, against a torn one, its elder are kept, and of
 * the past the first of every span, so that any moment is a short replay away.
 */
export async function saveSnapshot(db: Executor, snapshot: { flowId: string; seq: number; state: Uint8Array }): Promise<void> {
  await db.insert(flowSnapshots).values(snapshot).onConflictDoNothing();
  await db.execute(sql`delete from flow_snapshots s where s.flow_id = ${snapshot.flowId} and s.seq < (
    select min(seq) from (select seq from flow_snapshots where flow_id = ${snapshot.flowId} order by seq desc limit 2) newest)
    and exists (select 1 from flow_snapshots e where e.flow_id = s.flow_id and e.seq < s.seq and e.seq / ${snapshotSpan} = s.seq / ${snapshotSpan})`);
}

export type ChangeRow = { seq: number; idx: number; userId: string | null; stepId: string | null; key: string; op: string; old: unknown; new: unknown };
export type Commit = {
  flowId: string;
  updates: UpdateRow[];
  changes: ChangeRow[];
  clients: { clientId: number; userId: string }[];
};

/**
 * One statement for a whole group commit: updates, readable changes and client claims stand or fall together in one
 * round trip. Fails with a unique violation when another process wrote at one of these places.
 */
export async function commitUpdates(tx: Database['sql'], commit: Commit): Promise<void> {
  const { flowId, updates, changes, clients } = commit;
  await tx`
    with wrote as (
      insert into flow_updates (flow_id, seq, user_id, session_id, client_id, kind, payload)
      select ${flowId}, t.seq, t.user_id, t.session_id, t.client_id, t.kind, decode(t.payload, 'base64')
      from unnest(${updates.map((each) => each.seq)}::bigint[], ${updates.map((each) => each.userId)}::text[], ${updates.map((each) => each.sessionId ?? null)}::text[],
        ${updates.map((each) => each.clientId ?? null)}::bigint[], ${updates.map((each) => each.kind)}::text[],
        ${updates.map((each) => Buffer.from(each.payload).toString('base64'))}::text[]) as t(seq, user_id, session_id, client_id, kind, payload)
    ), told as (
      insert into flow_changes (flow_id, seq, idx, user_id, step_id, key, op, old, new)
      select ${flowId}, t.seq, t.idx, t.user_id, t.step_id, t.key, t.op, t.old::jsonb, t.new::jsonb
      from unnest(${changes.map((each) => each.seq)}::bigint[], ${changes.map((each) => each.idx)}::int[], ${changes.map((each) => each.userId)}::text[],
        ${changes.map((each) => each.stepId)}::text[], ${changes.map((each) => each.key)}::text[], ${changes.map((each) => each.op)}::text[],
        ${changes.map((each) => storedJson(each.old))}::text[], ${changes.map((each) => storedJson(each.new))}::text[]) as t(seq, idx, user_id, step_id, key, op, old, new)
    )
    insert into flow_clients (flow_id, client_id, user_id)
    select ${flowId}, t.client_id, t.user_id
    from unnest(${clients.map((each) => each.clientId)}::bigint[], ${clients.map((each) => each.userId)}::text[]) as t(client_id, user_id)
    on conflict do nothing`;
}

const longestStoredValue = 4_000;

/** Text that jsonb takes: without NUL and lone surrogates, which it refuses, and never longer than a reader wants. */
function storedJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const json = JSON.stringify(value);
  if (json.length > longestStoredValue) return JSON.stringify({ tooLong: json.length });
  return json.replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (found) => (found === '\\\\' ? found : '\\ufffd'));
}
