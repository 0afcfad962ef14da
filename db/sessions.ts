import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { failure, type Failure } from '#flow/failure';
import { recordAudit } from './audit';
import type { Database } from './client';
import { session } from './schema';

export type SessionView = { id: string; current: boolean; ipAddress: string | null; userAgent: string | null; createdAt: string; lastSeenAt: string; expiresAt: string };

/** Where an account is signed in; `current` is the one that asks. Tokens stay in the database, hashed. */
export async function listSessions(database: Database, userId: string, currentId: string): Promise<SessionView[]> {
  const rows = await database.db.select().from(session)
    .where(and(eq(session.userId, userId), gt(session.expiresAt, sql`now()`))).orderBy(desc(session.createdAt), desc(session.id));
  return rows.map((row) => ({
    id: row.id, current: row.id === currentId, ipAddress: row.ipAddress, userAgent: row.userAgent,
    createdAt: row.createdAt.toISOString(), lastSeenAt: row.updatedAt.toISOString(), expiresAt: row.expiresAt.toISOString(),
  }));
}

/** Signs one session of the account out; somebody else's is answered like one that does not exist. */
export async function revokeSession(database: Database, userId: string, sessionId: string): Promise<{ ok: true } | { ok: false; failure: Failure }> {
  return database.db.transaction(async (db) => {
    const gone = await db.delete(session).where(and(eq(session.id, sessionId), eq(session.userId, userId))).returning({ id: session.id });
    if (gone.length === 0) return { ok: false, failure: sessionNotFound(sessionId) };
    await recordAudit(db, { workspaceId: null, userId, action: 'session.revoked', objectId: sessionId });
    return { ok: true };
  });
}

const sessionNotFound = (sessionId: string) => failure('NOT_FOUND', {
  en: `There is no session "${sessionId}" of this account. GET /sessions lists them.`, fr: `Il n’y a pas de session « ${sessionId} » pour ce compte. GET /sessions les liste.`,
});
