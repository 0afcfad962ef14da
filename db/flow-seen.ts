import { and, eq, gt, sql } from 'drizzle-orm';
import type { Result } from '#flow/failure';
import type { Access } from './access';
import type { Database } from './client';
import { headOf, personOf, type Person } from './flow-history';
import { findFlow } from './flows';
import { permitted } from './permitted';
import { flowChanges as changeRows, flowSeen, user } from './schema';

/** Up to where the person had seen the flow, and what others did since. null: never there before. */
export type Away = { since: number; at: string; head: number; changes: number; authors: Person[] };

export async function awayFrom(database: Database, access: Access, flowId: string): Promise<Away | null> {
  if (!access.user) return null;
  const { db } = database;
  const [seen] = await db.select({ seq: flowSeen.seq, at: flowSeen.at }).from(flowSeen).where(and(eq(flowSeen.flowId, flowId), eq(flowSeen.userId, access.user.id)));
  if (!seen) return null;
  const rows = await db.select({ id: changeRows.userId, name: user.name, changes: sql<number>`count(*)::int` }).from(changeRows).leftJoin(user, eq(user.id, changeRows.userId))
    .where(and(eq(changeRows.flowId, flowId), gt(changeRows.seq, seen.seq), sql`${changeRows.userId} is distinct from ${access.user.id}`)).groupBy(changeRows.userId, user.name).orderBy(user.name);
  return { since: seen.seq, at: seen.at.toISOString(), head: await headOf(db, flowId), changes: rows.reduce((sum, row) => sum + row.changes, 0), authors: rows.flatMap((row) => personOf(row.id, row.name) ?? []) };
}

/** The person has the flow as it is now before their eyes. A program sees nothing. */
export async function markSeen(database: Database, access: Access, flowId: string): Promise<Result<{ seq: number }>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const seq = await headOf(database.db, flowId);
    if (access.user) {
      await database.db.insert(flowSeen).values({ flowId, userId: access.user.id, seq })
        .onConflictDoUpdate({ target: [flowSeen.flowId, flowSeen.userId], set: { seq: sql`greatest(${flowSeen.seq}, excluded.seq)`, at: sql`now()` } });
    }
    return { seq };
  });
}
