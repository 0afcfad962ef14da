import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '#db/env';
import { createInvitation } from '#db/invitations';
import { addJob } from '#db/side-jobs';
import { until } from '#flow/testing-until';
import { startEngine, type RunningEngine } from './main';
import { reap } from './reaper';
import { startSideJobs } from './side-jobs';
import { engineTest, type EngineTest } from './testing';
import { startMailServer, type MailServer } from './testing-mail';

let t: EngineTest;
let smtp: MailServer;
let kept: MailServer['kept'] = [];
const engines: RunningEngine[] = [];

beforeAll(async () => {
  t = await engineTest();
  smtp = await startMailServer();
  ({ kept } = smtp);
});
afterAll(async () => {
  await Promise.all(engines.map((each) => each.close()));
  await smtp.close();
  await t.close();
});

const env = () => readEnv({ SECRET_KEY: process.env['SECRET_KEY'], SMTP_URL: smtp.url, PUBLIC_URL: 'https://millrace.example' });
const start = async () => {
  const engine = await startEngine({ env: env(), database: t.database, connectionUrl: t.database.url, sideJobs: true });
  engines.push(engine);
  return engine;
};
const jobs = async () => t.database.sql<{ task: string; attempts: number; lockedBy: string | null; payload: unknown }[]>`select t.identifier as task, j.attempts, j.locked_by as "lockedBy", j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`;
const invite = (email: string) => createInvitation(t.database, t.access, { role: 'editor', email, mailTo: (token) => `https://millrace.example/invite/${token}` });

describe('side jobs', () => {
  test('O7 a job is there exactly when the transaction that asked for it commits', async () => {
    await t.database.db.transaction(async (tx) => {
      await addJob(tx, 'trim-tables', {});
      throw new Error('taken back');
    }).catch(() => {});
    expect(await jobs()).toEqual([]);
    await t.database.db.transaction((tx) => addJob(tx, 'trim-tables', {}, 'once'));
    await t.database.db.transaction((tx) => addJob(tx, 'trim-tables', {}, 'once'));
    expect((await jobs()).map((job) => job.task)).toEqual(['trim-tables']);
    await t.database.sql`delete from graphile_worker._private_jobs`;
  });

  test('O8 an invitation with an address is mailed with its link, in one mail; the link lies nowhere in plain text', async () => {
    const made = await invite('Zoe@example.com');
    if (!made.ok) throw new Error(made.failure.message);
    expect(made.mailed).toBe(true);
    const [job] = await jobs();
    expect(JSON.stringify(job)).not.toContain(made.token);
    await start();
    await until(() => kept.length > 0);
    expect(kept[0]).toMatchObject({ from: 'millrace@millrace.example', to: ['Zoe@example.com'] });
    expect(kept[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(`https://millrace.example/invite/${made.token}`);
    await until(async () => (await jobs()).length === 0);
    expect(kept).toHaveLength(1);
  });

  test('O8 a mail the server would not take is tried again', async () => {
    smtp.mode = 'refuses';
    await invite('later@example.com');
    await until(async () => (await jobs()).some((job) => job.attempts === 1 && job.lockedBy === null));
    smtp.mode = 'takes';
    await t.database.sql`update graphile_worker._private_jobs set run_at = now()`;
    await until(() => kept.some((each) => each.to.includes('later@example.com')));
    expect(kept.filter((each) => each.to.includes('later@example.com'))).toHaveLength(1);
  });

  test('O8 a name with line ends adds no header and no recipient', async () => {
    await t.database.sql`update workspaces set name = ${'W\r\nBcc: eve@example.com'}`;
    await invite('plain@example.com');
    await until(() => kept.some((each) => each.to.includes('plain@example.com')));
    const mail = kept.find((each) => each.to.includes('plain@example.com'));
    expect(mail?.to).toEqual(['plain@example.com']);
    expect(mail?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
    await t.database.sql`update workspaces set name = 'Test'`;
  });

  test('O7 without SMTP_URL no mail is asked for, and the invitation is made all the same', async () => {
    const before = kept.length;
    expect(await createInvitation(t.database, t.access, { role: 'viewer', email: 'none@example.com' })).toMatchObject({ ok: true, mailed: false });
    expect(await jobs()).toEqual([]);
    expect(kept).toHaveLength(before);
  });

  test('O9 jobs of an engine that died are freed as soon as its lease is over, and done by another', async () => {
    await Promise.all(engines.splice(0).map((each) => each.close()));
    await t.database.sql`insert into workers (id, lease_until, host, pid, job_workers) values ('dead', now() + interval '1 hour', ${hostname()}, 1, '{worker-of-the-dead}')`;
    await invite('freed@example.com');
    await t.database.sql`update graphile_worker._private_jobs set locked_by = 'worker-of-the-dead', locked_at = now(), attempts = 1`;
    await start();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(kept.some((each) => each.to.includes('freed@example.com'))).toBe(false);
    await t.database.sql`update workers set lease_until = now() - interval '1 second' where id = 'dead'`;
    await reap(t.database.sql);
    await t.database.sql`update graphile_worker._private_jobs set run_at = now()`;
    await until(() => kept.some((each) => each.to.includes('freed@example.com')));
  });

  test('O9 an engine notes under which names it holds jobs, goes on after its connections were cut, and closes in time', async () => {
    const [mine] = await t.database.sql<{ names: string[] }[]>`select job_workers as names from workers where cardinality(job_workers) > 0 and lease_until > now()`;
    expect(mine?.names.length).toBe(1);
    await t.database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query ilike '%graphile%'`;
    await invite('after-cut@example.com');
    await until(() => kept.some((each) => each.to.includes('after-cut@example.com')));
    const from = Date.now();
    await Promise.all(engines.splice(0).map((each) => each.close()));
    expect(Date.now() - from).toBeLessThan(9_000);
  });

  test('O10 removal by age, the sweep, trimming and next weeks are asked for by cron, once for all engines', async () => {
    const database = t.database;
    const parts = { env: env(), database, connectionUrl: database.url, workerId: 'nobody' };
    const both = [await startSideJobs(parts), await startSideJobs(parts)];
    const known = await database.sql<{ identifier: string }[]>`select identifier from graphile_worker._private_known_crontabs order by 1`;
    expect(known.map((each) => each.identifier)).toEqual(['index-entries', 'make-weeks', 'remove-old-runs', 'sweep-blobs', 'trim-tables']);
    for (const job of ['remove-old-runs', 'sweep-blobs', 'trim-tables', 'make-weeks'] as const) await database.db.transaction((tx) => addJob(tx, job, {}));
    await until(async () => (await jobs()).length === 0);
    await Promise.all(both.map((each) => each.close()));
  });
});
