import { eq, sql } from 'drizzle-orm';
import type { Executor } from './client';
import { signInAttempts } from './schema';

/** After five failures each further one doubles the pause, from 30 s up to 15 min; a day without one forgets them. */
const freeFailures = 5;
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
const forgetAfterMs = 24 * 3_600_000;

export function attemptKey(email: string, address: string): string {
  return `${email.trim().toLowerCase()}|${address}`;
}

/** Milliseconds until this account may be tried again from this address; 0 when now. */
export async function signInPauseMs(db: Executor, key: string, now: Date): Promise<number> {
  const [row] = await db.select().from(signInAttempts).where(eq(signInAttempts.key, key));
  return Math.max(0, (row?.lockedUntil?.getTime() ?? 0) - now.getTime());
}

export async function recordSignInFailure(db: Executor, key: string, now: Date): Promise<void> {
  const forgetBefore = new Date(now.getTime() - forgetAfterMs).toISOString();
  const [row] = await db.insert(signInAttempts).values({ key, failures: 1, updatedAt: now })
    .onConflictDoUpdate({
      target: signInAttempts.key,
      set: { failures: sql`case when ${signInAttempts.updatedAt} < ${forgetBefore} then 1 else ${signInAttempts.failures} + 1 end`, updatedAt: now },
    })
    .returning({ failures: signInAttempts.failures });
  const over = (row?.failures ?? 0) - freeFailures;
  if (over < 0) return;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(over, 10));
  await db.update(signInAttempts).set({ lockedUntil: new Date(now.getTime() + pauseMs) }).where(eq(signInAttempts.key, key));
}

export async function forgetSignInFailures(db: Executor, key: string): Promise<void> {
  await db.delete(signInAttempts).where(eq(signInAttempts.key, key));
}
