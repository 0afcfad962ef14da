import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fail, type Result } from '#flow/failure';
import { newId } from '#flow/id';
import { text } from '#flow/text';
import type { Access } from './access';
import { recordAudit } from './audit';
import type { Database, Executor } from './client';
import { deriveKey, readEnv } from './env';
import { findFlow } from './flows';
import { decodeCursor, paged, type Listed, type Page } from './page';
import { permitted } from './permitted';
import { hooks, user } from './schema';
import { hashToken } from './session-token';

/** Addresses outside programs call to start a dataflow. The token is the right to start it: shown once, kept as a hash. */
export type HookView = { id: string; flowId: string; name: string; prefix: string; signed: boolean; createdAt: string; createdBy: { id: string; name: string } | null; lastUsedAt: string | null };
export type HookSecrets = { token: string; signingSecret: string | null };

export async function createHook(database: Database, access: Access, flowId: string, wanted: { name: string; signed: boolean }): Promise<Result<{ hook: HookView } & HookSecrets>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    const flow = await findFlow(tx, access.workspaceId, flowId);
    if (flow.kind !== 'dataflow') fail('PARAM_INVALID', text(`"${flow.name}" is a workflow. Webhooks start dataflows; let one execute the workflow.`, `« ${flow.name} » est un flux de travail. Les webhooks démarrent des flux de données ; laissez l’un d’eux l’exécuter.`), { path: 'flowId' });
    const id = newId('hok');
    const token = newToken();
    await tx.insert(hooks).values({ id, workspaceId: access.workspaceId, flowId, name: wanted.name, signed: wanted.signed, tokenHash: hashToken(token), prefix: token.slice(0, 8), createdBy: access.user?.id ?? null });
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'hook.created', objectId: id, data: { flowId, signed: wanted.signed } });
    return { hook: await viewOf(tx, access, id), token, signingSecret: wanted.signed ? signingSecret(id, 1) : null };
  }));
}

/** A new token and a new signing secret; the old ones end at once. */
export async function rotateHook(database: Database, access: Access, hookId: string): Promise<Result<{ hook: HookView } & HookSecrets>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    const token = newToken();
    const [row] = await tx.update(hooks).set({ tokenHash: hashToken(token), prefix: token.slice(0, 8), generation: sql`${hooks.generation} + 1` })
      .where(hookIs(access, hookId)).returning({ generation: hooks.generation, signed: hooks.signed });
    if (!row) missingHook(hookId);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'hook.rotated', objectId: hookId });
    return { hook: await viewOf(tx, access, hookId), token, signingSecret: row.signed ? signingSecret(hookId, row.generation) : null };
  }));
}

export async function renameHook(database: Database, access: Access, hookId: string, name: string): Promise<Result<{ hook: HookView }>> {
  return permitted(access, 'flows.publish', async () => {
    const renamed = await database.db.update(hooks).set({ name }).where(hookIs(access, hookId)).returning({ id: hooks.id });
    if (renamed.length === 0) missingHook(hookId);
    return { hook: await viewOf(database.db, access, hookId) };
  });
}

export async function revokeHook(database: Database, access: Access, hookId: string): Promise<Result<object>> {
  return permitted(access, 'flows.publish', () => database.db.transaction(async (tx) => {
    const gone = await tx.update(hooks).set({ revokedAt: sql`now()` }).where(hookIs(access, hookId)).returning({ id: hooks.id });
    if (gone.length === 0) missingHook(hookId);
    await recordAudit(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'hook.revoked', objectId: hookId });
    return {};
  }));
}

/** Newest first. */
export async function listHooks(database: Database, access: Access, flowId: string, page: Page): Promise<Result<Listed<HookView>>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const after = decodeCursor(page.cursor, z.tuple([z.iso.datetime(), z.string()]));
    const rows = await selectHooks(database.db)
      .where(and(eq(hooks.flowId, flowId), isNull(hooks.revokedAt), after ? sql`(${hooks.createdAt}, ${hooks.id}) < (${after[0]}, ${after[1]})` : undefined))
      .orderBy(desc(hooks.createdAt), desc(hooks.id)).limit(page.limit + 1);
    return paged(rows, page.limit, (row) => [row.createdAt.toISOString(), row.id], shown);
  });
}

const hookIs = (access: Access, id: string) => and(eq(hooks.id, id), eq(hooks.workspaceId, access.workspaceId), isNull(hooks.revokedAt));

function selectHooks(db: Executor) {
  return db.select({
    id: hooks.id, flowId: hooks.flowId, name: hooks.name, prefix: hooks.prefix, signed: hooks.signed, createdAt: hooks.createdAt, lastUsedAt: hooks.lastUsedAt, userId: user.id, userName: user.name,
  }).from(hooks).leftJoin(user, eq(user.id, hooks.createdBy)).$dynamic();
}

function shown({ userId, userName, createdAt, lastUsedAt, ...row }: Awaited<ReturnType<typeof selectHooks>>[number]): HookView {
  return { ...row, createdAt: createdAt.toISOString(), createdBy: userId === null ? null : { id: userId, name: userName ?? '' }, lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

async function viewOf(db: Executor, access: Access, id: string): Promise<HookView> {
  const [row] = await selectHooks(db).where(hookIs(access, id));
  return row ? shown(row) : missingHook(id);
}

function missingHook(id: string): never {
  return fail('HOOK_NOT_FOUND', text(`There is no webhook "${id}" in this workspace.`, `Il n’y a pas de webhook « ${id} » dans cet espace.`));
}

const newToken = () => `mlh_${randomBytes(24).toString('base64url')}`;

export type Hook = { id: string; workspaceId: string; flowId: string; name: string; signed: boolean; generation: number; createdBy: string | null };

/** The hook behind a token, or null. Its use is noted at most once a minute. */
export async function hookOfToken(database: Database, token: string): Promise<Hook | null> {
  const [row] = await database.db.select().from(hooks).where(and(eq(hooks.tokenHash, hashToken(token)), isNull(hooks.revokedAt)));
  if (!row) return null;
  await database.db.update(hooks).set({ lastUsedAt: sql`now()` }).where(and(eq(hooks.id, row.id), or(isNull(hooks.lastUsedAt), lt(hooks.lastUsedAt, sql`now() - interval '1 minute'`))));
  return { id: row.id, workspaceId: row.workspaceId, flowId: row.flowId, name: row.name, signed: row.signed, generation: row.generation, createdBy: row.createdBy };
}

let key: Buffer | undefined;

/** Derived, so that no secret is stored: whoever reads the table cannot sign. */
export function signingSecret(hookId: string, generation: number): string {
  key ??= deriveKey(readEnv().secretKey, 'hooks');
  return `mls_${createHmac('sha256', key).update(`${hookId}.${generation}`).digest('base64url')}`;
}

/** `v1` of the header `X-Millrace-Signature: t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`. */
export function signatureOf(secret: string, seconds: number, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
}

const toleranceS = 300;

/** Checks a signed request and gives its signature, for `takeSignature`. */
export function checkSignature(hook: Hook, header: string | null, body: Uint8Array, now: Date): string {
  const given = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec((header ?? '').replaceAll(' ', ''));
  if (!given) return fail('ACCESS_DENIED', text(
    'This webhook takes signed requests only. Send X-Millrace-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">.',
    'Ce webhook n’accepte que des requêtes signées. Envoyez X-Millrace-Signature: t=<secondes unix>,v1=<HMAC-SHA256 hexadécimal de "<t>.<corps>">.'));
  const [seconds, signature] = [Number(given[1]), given[2] ?? ''];
  if (Math.abs(now.getTime() / 1_000 - seconds) > toleranceS) fail('ACCESS_DENIED', text(
    `The signature is from ${new Date(seconds * 1_000).toISOString()}, more than ${toleranceS} s away. Sign anew, and check the clock.`,
    `La signature date du ${new Date(seconds * 1_000).toISOString()}, à plus de ${toleranceS} s. Signez à nouveau, et vérifiez l’horloge.`));
  const right = signatureOf(signingSecret(hook.id, hook.generation), seconds, body);
  if (!timingSafeEqual(Buffer.from(right), Buffer.from(signature))) fail('ACCESS_DENIED', text(
    'The signature does not fit the body. Sign the bytes exactly as sent, with the secret of the last rotation.',
    'La signature ne correspond pas au corps. Signez les octets tels qu’envoyés, avec le secret de la dernière rotation.'));
  return signature;
}

/** In the transaction of the run: the second request with the same signature is refused, and forgotten after the tolerance. */
export async function takeSignature(tx: Executor, hookId: string, signature: string): Promise<void> {
  await tx.execute(sql`delete from hook_signatures where hook_id = ${hookId} and at < now() - make_interval(secs => ${2 * toleranceS + 60})`);
  const taken = await tx.execute(sql`insert into hook_signatures (hook_id, signature) values (${hookId}, ${signature}) on conflict do nothing returning signature`);
  if (taken.length === 0) fail('CONFLICT', text(
    'This signed request was taken already. Sign anew for another run, or send an Idempotency-Key to get the same one.',
    'Cette requête signée a déjà été prise. Signez à nouveau pour une autre exécution, ou envoyez un Idempotency-Key pour obtenir la même.'));
}
