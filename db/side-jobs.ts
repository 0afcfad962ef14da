import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { z } from 'zod';
import type { Executor } from './client';

/**
 * Work beside the runs, carried out by the engine processes on graphile-worker: asked for in the transaction of what
 * it follows from, so that neither is there without the other. At least once: a job whose process dies is done again.
 */
export const sideJobs = {
  'send-mail': z.object({ sealed: z.string(), notificationId: z.string().optional() }),
  'remove-old-runs': z.looseObject({}),
  'sweep-blobs': z.looseObject({}),
  'trim-tables': z.looseObject({}),
  'make-weeks': z.looseObject({}),
  'index-entries': z.looseObject({}),
  'prepare-export': z.object({ exportId: z.string() }),
} as const;
export type SideJob = keyof typeof sideJobs;
const mostAttempts = 12; // the pause grows to hours: the last is tried about two days later
/** Somebody waits for these: they are given up sooner, and those of one queue are done one at a time. */
const waitedFor: { [J in SideJob]?: { attempts: number; queue: string } } = { 'prepare-export': { attempts: 8, queue: 'exports' } };

/** With a `key` a job that waits already is replaced instead of doubled. */
export async function addJob<J extends SideJob>(db: Executor, job: J, payload: z.infer<(typeof sideJobs)[J]>, key: string | null = null): Promise<void> {
  await db.execute(sql`select graphile_worker.add_job(identifier => ${job}, payload => ${JSON.stringify(payload)}::json, max_attempts => ${waitedFor[job]?.attempts ?? mostAttempts}, queue_name => ${waitedFor[job]?.queue ?? null}, job_key => ${key})`);
}

/** Many of one kind in one statement. */
export async function addJobs<J extends SideJob>(db: Executor, job: J, payloads: readonly z.infer<(typeof sideJobs)[J]>[]): Promise<void> {
  await db.execute(sql`select graphile_worker.add_job(identifier => ${job}, payload => payload, max_attempts => ${mostAttempts}) from json_array_elements(${JSON.stringify(payloads)}::json) payload`);
}

/** Jobs that dead engine processes hold go back into the queue. */
export async function freeJobs(tx: postgres.ISql): Promise<number> {
  const dead = await tx<{ id: string; names: string[] }[]>`select id, job_workers as names from workers where lease_until < now() and job_workers <> '{}' order by id for update skip locked`;
  if (dead.length === 0) return 0;
  await tx`select graphile_worker.force_unlock_workers(${dead.flatMap((each) => each.names)}::text[])`;
  await tx`update workers set job_workers = '{}' where id = any(${dead.map((each) => each.id)})`;
  return dead.length;
}
