import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { z } from 'zod';
import { parseDefinition } from '#flow/canonical';
import { changesOf } from '#flow/changes';
import { definitionOf, renameFlow, replaceDefinition, restoreStep, setFlowSettings } from '#flow/document';
import { failure, type Failure } from '#flow/failure';
import { flowDefinition, flowSettings } from '#flow/flow';
import { id, newId } from '#flow/id';
import type { Json } from '#flow/json';
import { denied, type Access } from './access';
import type { Database } from './client';
import { claimClient, commitUpdates, loadDocument, serverClient, type UpdateKind, type UpdateRow } from './flow-documents';
import { mirrorFlow } from './flow-mirror';

/**
 * Writes to a flow's document that do not come from a socket. They are rows; the owner of the flow's room carries them
 * out as edits of their author, so that open editors see them and every edit takes one way. Each can be repeated
 * without harm, which makes a crash between its commit and its answer harmless.
 */
const payloadShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('replace'), definition: z.unknown() }),
  z.strictObject({ kind: z.literal('restore'), definition: z.unknown(), stepId: id.optional() }),
  z.strictObject({ kind: z.literal('settings'), name: flowDefinition.shape.name.optional(), restrictAccess: z.boolean().optional(), settings: flowSettings.optional() }),
]);
export type IntentPayload = z.input<typeof payloadShape>;
export type OpenIntent = { id: string; flowId: string; userId: string | null; payload: unknown };
type Outcome = { ok: true; seq: number } | { ok: false; failure: Failure };
type Result<T> = ({ ok: true } & T) | { ok: false; failure: Failure };

const waitMs = 15_000;
const abandonedAfterMs = 300;
const channel = 'flow_intents';
const doneChannel = 'flow_intents_done';

/** Hands a write to the owner of the flow's room and waits for its answer, at most 15 s. */
export async function submitIntent(database: Database, access: Access, flowId: string, payload: IntentPayload): Promise<Result<{ result: Json }>> {
  const refused = denied(access, 'flows.edit');
  if (refused) return { ok: false, failure: refused };
  const { sql } = database;
  const [flow] = await sql<{ id: string }[]>`select id from flows where id = ${flowId} and workspace_id = ${access.workspaceId} and deleted_at is null`;
  if (!flow) return { ok: false, failure: flowNotFound(flowId) };
  const id = newId('int');
  await sql`insert into flow_intents (id, flow_id, user_id, payload) values (${id}, ${flowId}, ${access.user?.id ?? null}, ${JSON.stringify(payload)}::text::jsonb)`;
  await sql`select pg_notify(${channel}, ${id})`;
  const outcome = await outcomeOf(database, { id, flowId, workspaceId: access.workspaceId });
  if (!outcome) return { ok: false, failure: noAnswer };
  return outcome.ok ? { ok: true, result: { seq: outcome.seq } } : { ok: false, failure: outcome.failure };
}

async function outcomeOf(database: Database, intent: { id: string; flowId: string; workspaceId: string }): Promise<Outcome | null> {
  const answers = await listenTo(database.sql);
  const started = Date.now();
  for (let tried = false; Date.now() - started < waitMs; ) {
    const [row] = await database.sql<{ result: Outcome | null }[]>`select result from flow_intents where id = ${intent.id} and done_at is not null`;
    if (row?.result) return row.result;
    if (!tried && Date.now() - started > abandonedAfterMs) {
      tried = true;
      await performUnowned(database, intent).catch((error: unknown) => console.error(`intent ${intent.id} waits for the flow's owner:`, error));
      continue;
    }
    const woken = new AbortController();
    answers.set(intent.id, () => woken.abort());
    await pause(250, undefined, { signal: woken.signal }).catch(() => {});
    answers.delete(intent.id);
  }
  return null;
}

const listeners = new WeakMap<Database['sql'], Promise<Map<string, () => void>>>();

/** One LISTEN per pool, however many wait. Where it cannot be had, asking four times a second does. */
function listenTo(sql: Database['sql']): Promise<Map<string, () => void>> {
  const known = listeners.get(sql);
  if (known) return known;
  const waiting = new Map<string, () => void>();
  const listening = sql.listen(doneChannel, (id) => waiting.get(id)?.()).then(() => waiting, () => waiting);
  listeners.set(sql, listening);
  return listening;
}

/** The change itself, on the live document, as one transaction. null when done. */
export function applyIntent(doc: Y.Doc, intent: Pick<OpenIntent, 'payload' | 'userId'>): Failure | null {
  const parsed = payloadShape.safeParse(intent.payload);
  if (!parsed.success) return failure('PARAM_INVALID', { en: `This write is not known: ${z.prettifyError(parsed.error)}`, fr: `Cette écriture est inconnue : ${z.prettifyError(parsed.error)}` });
  const origin = { intentOf: intent.userId };
  const { data } = parsed;
  switch (data.kind) {
    case 'replace': case 'restore': {
      const read = parseDefinition(data.definition);
      if (!read.ok) return failure('DEFINITION_INVALID', { en: 'The definition is not valid; nothing was changed.', fr: 'La définition n’est pas valide ; rien n’a été modifié.' }, { details: read.issues });
      if (data.kind === 'restore' && data.stepId !== undefined) restoreStep(doc, read.definition, data.stepId, intent.userId ?? 'restore', origin);
      else replaceDefinition(doc, read.definition, origin);
      return null;
    }
    case 'settings':
      doc.transact(() => {
        if (data.name !== undefined) renameFlow(doc, data.name, origin);
        setFlowSettings(doc, { restrictAccess: data.restrictAccess, settings: data.settings }, origin);
      }, origin);
      return null;
  }
}

/** How the edit log names the write. */
export function updateKindOf({ payload }: Pick<OpenIntent, 'payload'>): UpdateKind {
  return z.object({ kind: z.literal('restore') }).safeParse(payload).success ? 'restore' : 'import';
}

export async function openIntents(sql: Database['sql']): Promise<OpenIntent[]> {
  return sql<OpenIntent[]>`
    select i.id, i.flow_id as "flowId", i.user_id as "userId", i.payload from flow_intents i
    join flows f on f.id = i.flow_id and f.deleted_at is null
    where i.done_at is null and i.created_at > now() - interval '1 minute' order by i.created_at limit 50`;
}

export async function finishIntent(sql: Database['sql'], id: string, outcome: Outcome): Promise<void> {
  await sql`update flow_intents set result = ${JSON.stringify(outcome)}::text::jsonb, done_at = now() where id = ${id} and done_at is null`;
  await sql`select pg_notify(${doneChannel}, ${id})`;
}

/**
 * Where no web process runs (a command, a program of its own) nobody owns the room: the asker writes to the log
 * itself. Should an owner appear meanwhile, the log's primary key lets only one of the two write.
 */
async function performUnowned(database: Database, { id, flowId, workspaceId }: { id: string; flowId: string; workspaceId: string }): Promise<void> {
  const { sql } = database;
  const [owned] = await sql`select 1 from room_leases where flow_id = ${flowId} and lease_until > now()`;
  const [intent] = await sql<OpenIntent[]>`select id, flow_id as "flowId", user_id as "userId", payload from flow_intents where id = ${id} and done_at is null`;
  if (owned || !intent) return;
  const { doc, seq } = await loadDocument(database.db, flowId);
  const before = definitionOf(doc);
  const updates: UpdateRow[] = [];
  doc.on('update', (payload: Uint8Array) => updates.push({ flowId, seq: seq + updates.length + 1, userId: intent.userId, clientId: doc.clientID, kind: updateKindOf(intent), payload }));
  const failed = applyIntent(doc, intent);
  if (failed) return finishIntent(sql, id, { ok: false, failure: failed });
  const last = updates.at(-1)?.seq ?? seq;
  const after = definitionOf(doc);
  if (updates.length > 0) {
    await claimClient(database.db, flowId, doc.clientID, serverClient);
    const changes = changesOf(before, after).map((change, idx) => ({ seq: last, idx, userId: intent.userId, ...change }));
    await commitUpdates(sql, { flowId, updates, changes, clients: [] });
    await mirrorFlow(database, workspaceId, flowId, after);
  }
  await finishIntent(sql, id, { ok: true, seq: last });
}

const flowNotFound = (flowId: string) => failure('FLOW_NOT_FOUND', {
  en: `There is no flow "${flowId}" in this workspace. GET /flows lists them.`, fr: `Il n’y a pas de flux « ${flowId} » dans cet espace. GET /flows les liste.`,
});
const noAnswer = failure('CONFLICT', {
  en: 'The flow is busy: the change was not carried out in time. Look at the flow, then try again.', fr: 'Le flux est occupé : la modification n’a pas été faite à temps. Regardez le flux, puis réessayez.',
});
