import { randomBytes } from 'node:crypto';
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { failure, type Failure } from '#flow/failure';
import { newId } from '#flow/id';
import { denied, type Access, type Role } from './access';
import { recordAudit } from './audit';
import type { Database } from './client';
import { apiKeys } from './schema';
import { hashToken } from './session-token';
import { parseRole } from './workspaces';

export type ApiKey = { id: string; name: string; role: Role; prefix: string; createdAt: string; lastUsedAt: string | null };

/** `key` is shown once; the table keeps its hash and its first letters. */
export async function createApiKey(database: Database, access: Access, wanted: { name: string; role: Role }):
Promise<{ ok: true; id: string; key: string } | { ok: false; failure: Failure }> {
  const refused = denied(access, 'keys.manage');
  if (refused) return { ok: false, failure: refused };
  if (wanted.role === 'owner' && access.role !== 'owner') return { ok: false, failure: ownerKeys };
  const key = `mlr_${randomBytes(24).toString('base64url')}`;
  const id = newId('key');
  await database.db.transaction(async (db) => {
    await db.insert(apiKeys).values({
      id, workspaceId: access.workspaceId, name: wanted.name, role: wanted.role, keyHash: hashToken(key), prefix: key.slice(0, 8), createdBy: access.user?.id ?? null,
    });
    await recordAudit(db, { workspaceId: access.workspaceId, userId: access.user?.id ?? null, action: 'api-key.created', objectId: id, data: { role: wanted.role } });
  });
  return { ok: true, id, key };
}

export async function listApiKeys(database: Database, access: Access): Promise<{ ok: true; items: ApiKey[] } | { ok: false; failure: Failure }> {
  const refused = denied(access, 'keys.manage');
  if (refused) return { ok: false, failure: refused };
  const rows = await database.db.select().from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, access.workspaceId), isNull(apiKeys.revokedAt))).orderBy(desc(apiKeys.createdAt));
  const items = rows.map((row) => ({
    id: row.id, name: row.name, role: parseRole(row.role), prefix: row.prefix, createdAt: row.createdAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
  return { ok: true, items };
}

export async function revokeApiKey(database: Database, access: Access, keyId: string): Promise<{ ok: true } | { ok: false; failure: Failure }> {
  const refused = denied(access, 'keys.manage');
  if (refused) return { ok: false, failure: refused };
  const gone = await database.db.update(apiKeys).set({ revokedAt: new Date() })
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.workspaceId, access.workspaceId), isNull(apiKeys.revokedAt))).returning({ id: apiKeys.id });
  if (gone.length > 0) return { ok: true };
  return { ok: false, failure: failure('API_KEY_NOT_FOUND', { en: `There is no API key "${keyId}". GET /api-keys lists them.`, fr: `Il n’y a pas de clé d’API « ${keyId} ». GET /api-keys les liste.` }) };
}

/** The access of a key, or null. Its use is noted at most once a minute, so that reads stay reads. */
export async function accessOfApiKey(database: Database, key: string): Promise<Access | null> {
  const [row] = await database.db.select().from(apiKeys).where(and(eq(apiKeys.keyHash, hashToken(key)), isNull(apiKeys.revokedAt)));
  if (!row) return null;
  await database.db.update(apiKeys).set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.id, row.id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`))));
  return { workspaceId: row.workspaceId, role: parseRole(row.role), user: null, via: 'api-key', apiKeyId: row.id, apiKeyName: row.name };
}

const ownerKeys = failure('ACCESS_DENIED', { en: 'Only an owner may make a key with the role owner.', fr: 'Seul un propriétaire peut créer une clé de rôle propriétaire.' });
