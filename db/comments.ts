import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { storedDefinition } from '#flow/canonical';
import { fail, type Result } from '#flow/failure';
import { stepsOf } from '#flow/flow';
import { newId } from '#flow/id';
import { mentionsIn, type Mention } from '#flow/mentions';
import { text } from '#flow/text';
import { denied, type Access } from './access';
import type { Database, Executor } from './client';
import { draftOf, findFlow } from './flows';
import { notify } from './notifications';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { recordChange } from './record-change';
import { runOf } from './run-row';
import { commentReads, comments, flows, flowVersions, members, user } from './schema';

/** What a comment is about: the flow when empty, a step or parameter of it, a run, a step or moment of that run. */
export type Anchor = { stepId?: string | undefined; param?: string | undefined; runId?: string | undefined; seq?: number | undefined };
export type CommentView = {
  id: string; threadId: string; flowId: string; anchor: Anchor; text: string; mentions: Mention[];
  /** `id` null: a program with an API key. */
  author: { id: string | null; name: string };
  createdAt: string; editedAt: string | null; deleted: boolean;
  /** Of the thread. */
  resolvedAt: string | null; resolvedBy: Mention | null;
  unread: boolean;
};
export type CommentFilter = { stepId?: string | undefined; runId?: string | undefined; state?: 'open' | 'resolved' | undefined };

const roots = alias(comments, 'roots');
const resolver = alias(user, 'resolver');
const storedMentions = z.array(z.object({ id: z.string(), name: z.string() }));

/** In the order of writing, threads not torn apart by the caller: answers name their thread. */
export async function listComments(database: Database, access: Access, flowId: string, { stepId, runId, state, ...page }: CommentFilter & Page): Promise<Result<Listed<CommentView>>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const after = decodeCursor(page.cursor, z.int());
    const rows = await select(database.db, access).where(and(
      eq(comments.flowId, flowId), after === null ? undefined : gt(comments.pos, after), stepId === undefined ? undefined : eq(comments.stepId, stepId), runId === undefined ? undefined : eq(comments.runId, runId),
      state === undefined ? undefined : state === 'open' ? isNull(roots.resolvedAt) : sql`${roots.resolvedAt} is not null`, shown,
    )).orderBy(asc(comments.pos)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => row.pos, viewOf);
  });
}

/** A deleted answer is gone; a deleted first comment is only shown while it holds answers together. */
const shown = or(isNull(comments.deletedAt), and(eq(comments.id, comments.threadId), sql`exists (select 1 from comments answers where answers.thread_id = ${comments.id} and answers.deleted_at is null)`));

function select(db: Executor, access: Access) {
  return db.select({
    id: comments.id, pos: comments.pos, threadId: comments.threadId, flowId: comments.flowId, stepId: comments.stepId, param: comments.param, runId: comments.runId, runSeq: comments.runSeq, text: comments.text, mentions: comments.mentions,
    authorId: comments.authorId, authorName: comments.authorName, createdAt: comments.createdAt, editedAt: comments.editedAt, deletedAt: comments.deletedAt,
    resolvedAt: roots.resolvedAt, resolverId: roots.resolvedBy, resolverName: resolver.name, readTo: commentReads.pos, me: sql<string | null>`${access.user?.id ?? null}::text`,
  }).from(comments).innerJoin(roots, eq(roots.id, comments.threadId)).leftJoin(resolver, eq(resolver.id, roots.resolvedBy))
    .leftJoin(commentReads, and(eq(commentReads.threadId, comments.threadId), eq(commentReads.userId, access.user?.id ?? ''))).$dynamic();
}

type Row = Awaited<ReturnType<typeof select>>[number];

function viewOf(row: Row): CommentView {
  const deleted = row.deletedAt !== null;
  return {
    id: row.id, threadId: row.threadId, flowId: row.flowId, text: deleted ? '' : row.text, mentions: deleted ? [] : storedMentions.parse(row.mentions), author: { id: row.authorId, name: row.authorName },
    anchor: { ...(row.stepId === null ? {} : { stepId: row.stepId }), ...(row.param === null ? {} : { param: row.param }), ...(row.runId === null ? {} : { runId: row.runId }), ...(row.runSeq === null ? {} : { seq: row.runSeq }) },
    createdAt: row.createdAt.toISOString(), editedAt: row.editedAt?.toISOString() ?? null, deleted,
    resolvedAt: row.resolvedAt?.toISOString() ?? null, resolvedBy: row.resolverId === null ? null : { id: row.resolverId, name: row.resolverName ?? '' },
    unread: row.me !== null && row.authorId !== row.me && !deleted && row.pos > (row.readTo ?? 0),
  };
}

export type NewComment = { anchor?: Anchor | undefined; text: string; threadId?: string | undefined };

/** A first comment at an anchor, or an answer, which takes the anchor of its thread and opens it again. */
export async function createComment(database: Database, access: Access, flowId: string, wanted: NewComment): Promise<Result<CommentView>> {
  return permitted(access, 'comments.write', () => database.db.transaction(async (db) => {
    const flow = await findFlow(db, access.workspaceId, flowId);
    const thread = wanted.threadId === undefined ? null : await lockThread(db, flowId, wanted.threadId);
    const anchor = thread ?? (await checkedAnchor(db, access, flowId, wanted.anchor ?? {}));
    const id = newId('cmt');
    const mentions = mentionsIn(wanted.text, await peopleOf(db, access.workspaceId));
    await db.insert(comments).values({
      id, flowId, threadId: thread?.id ?? id, text: wanted.text, mentions, authorId: access.user?.id ?? null, authorName: access.user?.name ?? access.apiKeyName ?? 'API',
      stepId: anchor.stepId ?? null, param: anchor.param ?? null, runId: anchor.runId ?? null, runSeq: anchor.seq ?? null,
    });
    if (thread?.resolvedAt) await db.update(comments).set({ resolvedAt: null, resolvedBy: null }).where(eq(comments.id, thread.id));
    await readThreads(db, access, flowId, thread?.id ?? id);
    await tellMentioned(db, access, flow, { id, text: wanted.text, anchor, mentions });
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'comment', objectId: flow.id });
    return one(db, access, id);
  }));
}

type Told = { id: string; text: string; anchor: { stepId?: string | null | undefined; runId?: string | null | undefined }; mentions: readonly Mention[] };

async function tellMentioned(db: Executor, access: Access, flow: { id: string; name: string }, { id, text: words, anchor, mentions }: Told): Promise<void> {
  const by = access.user?.name ?? access.apiKeyName ?? 'API';
  await notify(db, {
    workspaceId: access.workspaceId, userIds: mentions.flatMap((each) => (each.id === access.user?.id ? [] : each.id)), kind: 'mention',
    subject: text(`${by} mentioned you in “${flow.name}”`, `${by} vous mentionne dans « ${flow.name} »`), body: text(words, words),
    link: { flowId: flow.id, commentId: id, ...(anchor.stepId ? { stepId: anchor.stepId } : {}), ...(anchor.runId ? { runId: anchor.runId } : {}) },
  });
}

/** Holds the thread against its deletion while an answer is written. */
async function lockThread(db: Executor, flowId: string, threadId: string) {
  const [row] = await db.select({ id: comments.id, stepId: comments.stepId, param: comments.param, runId: comments.runId, seq: comments.runSeq, resolvedAt: comments.resolvedAt, deletedAt: comments.deletedAt })
    .from(comments).where(and(eq(comments.id, threadId), eq(comments.threadId, threadId), eq(comments.flowId, flowId))).for('update');
  if (!row || (row.deletedAt && !(await hasAnswers(db, threadId)))) return missingComment(threadId);
  return row;
}

async function hasAnswers(db: Executor, threadId: string): Promise<boolean> {
  return (await db.select({ id: comments.id }).from(comments).where(and(eq(comments.threadId, threadId), isNull(comments.deletedAt), sql`${comments.id} <> ${threadId}`)).limit(1)).length > 0;
}

async function checkedAnchor(db: Executor, access: Access, flowId: string, { stepId, param, runId, seq }: Anchor): Promise<Anchor> {
  if (param !== undefined && stepId === undefined) fail('PARAM_INVALID', text('A parameter is one of a step: name "stepId" too.', 'Un paramètre est celui d’une étape : indiquez aussi « stepId ».'), { path: 'anchor.param' });
  if (seq !== undefined && runId === undefined) fail('PARAM_INVALID', text('A moment is one of a run: name "runId" too.', 'Un moment est celui d’une exécution : indiquez aussi « runId ».'), { path: 'anchor.seq' });
  const run = runId === undefined ? null : await runOf(db, access, runId);
  if (run && run.flowId !== flowId) fail('RUN_NOT_FOUND', text(`Run "${run.id}" is not one of this flow.`, `L’exécution « ${run.id} » n’est pas de ce flux.`));
  if (stepId !== undefined && !(await knownSteps(db, flowId, run?.flowVersionId ?? null)).has(stepId)) fail('STEP_NOT_FOUND', text(`The flow has no step "${stepId}".`, `Le flux n’a pas d’étape « ${stepId} ».`), { path: 'anchor.stepId' });
  return { stepId, param, runId: run?.id, seq };
}

async function knownSteps(db: Executor, flowId: string, versionId: string | null): Promise<Set<string>> {
  if (versionId === null) return new Set(stepsOf(await draftOf(db, flowId)).map((step) => step.id));
  const [version] = await db.select({ definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, versionId));
  return new Set(version ? stepsOf(storedDefinition(version.definition)).map((step) => step.id) : []);
}

async function peopleOf(db: Executor, workspaceId: string): Promise<Mention[]> {
  return db.select({ id: user.id, name: user.name }).from(members).innerJoin(user, eq(user.id, members.userId)).where(eq(members.workspaceId, workspaceId));
}

export type CommentPatch = { text?: string | undefined; resolved?: boolean | undefined };

/** The text is its author's; a thread is resolved and opened again by anybody, through any comment of it. */
export async function updateComment(database: Database, access: Access, id: string, patch: CommentPatch): Promise<Result<CommentView>> {
  return permitted(access, 'comments.write', () => database.db.transaction(async (db) => {
    const comment = await lockComment(db, access, id);
    if (patch.text !== undefined && patch.text !== comment.text) {
      if (!isOwn(access, comment)) refuse('Only its author can change a comment. Answer it instead.', 'Seul son auteur peut modifier un commentaire. Répondez-y plutôt.');
      const mentions = mentionsIn(patch.text, await peopleOf(db, access.workspaceId));
      await db.update(comments).set({ text: patch.text, mentions, editedAt: sql`now()` }).where(eq(comments.id, id));
      const known = new Set(storedMentions.parse(comment.mentions).map((each) => each.id));
      await tellMentioned(db, access, { id: comment.flowId, name: comment.flowName }, { id, text: patch.text, anchor: comment, mentions: mentions.filter((each) => !known.has(each.id)) });
    }
    if (patch.resolved !== undefined) {
      const set = patch.resolved ? { resolvedAt: sql`coalesce(${comments.resolvedAt}, now())`, resolvedBy: sql`coalesce(${comments.resolvedBy}, ${access.user?.id ?? null})` } : { resolvedAt: null, resolvedBy: null };
      await db.update(comments).set(set).where(eq(comments.id, comment.threadId));
    }
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'comment', objectId: comment.flowId });
    return one(db, access, id);
  }));
}

/** One's own; owners and admins any. */
export async function deleteComment(database: Database, access: Access, id: string): Promise<Result<object>> {
  return permitted(access, 'comments.write', () => database.db.transaction(async (db) => {
    const comment = await lockComment(db, access, id);
    if (!isOwn(access, comment) && denied(access, 'people.manage')) refuse('Only its author, an admin or an owner can delete a comment.', 'Seuls son auteur, un administrateur ou un propriétaire peuvent supprimer un commentaire.');
    await db.update(comments).set({ deletedAt: sql`now()`, text: '', mentions: [] }).where(eq(comments.id, id));
    await recordChange(db, { workspaceId: access.workspaceId, topic: 'comment', objectId: comment.flowId });
    return {};
  }));
}

const isOwn = (access: Access, comment: { authorId: string | null }) => access.user !== null && comment.authorId === access.user.id;
const refuse = (en: string, fr: string): never => fail('ACCESS_DENIED', text(en, fr));

async function lockComment(db: Executor, access: Access, id: string) {
  const [row] = await db.select({ id: comments.id, flowId: comments.flowId, threadId: comments.threadId, text: comments.text, mentions: comments.mentions, authorId: comments.authorId, stepId: comments.stepId, runId: comments.runId, flowName: flows.name }).from(comments)
    .innerJoin(flows, and(eq(flows.id, comments.flowId), eq(flows.workspaceId, access.workspaceId), isNull(flows.deletedAt))).where(and(eq(comments.id, id), isNull(comments.deletedAt))).for('update', { of: comments });
  return row ?? missingComment(id);
}

async function one(db: Executor, access: Access, id: string): Promise<CommentView> {
  const [row] = await select(db, access).where(eq(comments.id, id));
  return row ? viewOf(row) : missingComment(id);
}

function missingComment(id: string): never {
  return fail('COMMENT_NOT_FOUND', text(`There is no comment "${id}".`, `Il n’y a pas de commentaire « ${id} ».`));
}

/** The person has read one thread, or all of the flow's. */
export async function markRead(database: Database, access: Access, flowId: string, { threadId }: { threadId?: string | undefined }): Promise<Result<object>> {
  return permitted(access, 'workspace.read', async () => {
    const { db } = database;
    const flow = await findFlow(db, access.workspaceId, flowId);
    if (threadId !== undefined) {
      const [thread] = await db.select({ id: comments.id }).from(comments).where(and(eq(comments.id, threadId), eq(comments.threadId, threadId), eq(comments.flowId, flow.id)));
      if (!thread) missingComment(threadId);
    }
    await readThreads(db, access, flowId, threadId);
    return {};
  });
}

async function readThreads(db: Executor, access: Access, flowId: string, threadId: string | undefined): Promise<void> {
  if (!access.user) return;
  await db.execute(sql`
    insert into comment_reads (thread_id, user_id, pos)
    select thread_id, ${access.user.id}, max(pos) from comments where flow_id = ${flowId} ${threadId === undefined ? sql`` : sql`and thread_id = ${threadId}`} group by thread_id
    on conflict (thread_id, user_id) do update set pos = greatest(comment_reads.pos, excluded.pos)`);
}
