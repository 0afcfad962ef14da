import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readEnv } from '#db/env';
import { releaseLeases } from '#db/worker-leases';
import { until } from '#flow/testing-until';
import { startEngine, type RunningEngine } from './main';
import { aStep, engineTest, type EngineTest } from './testing';
import { startMailServer, type MailServer } from './testing-mail';
import { bundleEngine, spawnEngine, type EngineProcess } from './testing-process';

/** "Send notification" by e-mail, over a real mail server. */
let t: EngineTest;
let smtp: MailServer;
const engines: RunningEngine[] = [];
const processes: EngineProcess[] = [];
beforeAll(async () => {
  t = await engineTest();
  smtp = await startMailServer();
});
beforeEach(async () => {
  await Promise.all(engines.splice(0).map((each) => each.close()));
  await t.database.sql`delete from graphile_worker._private_jobs`;
  Object.assign(smtp, { mode: 'takes', refused: 0 });
  smtp.kept.length = 0;
});
afterAll(async () => {
  await Promise.all(engines.map((each) => each.close()));
  await Promise.all(processes.map((each) => each.kill('SIGKILL')));
  await smtp.close();
  await t.close();
});

const start = async (smtpUrl: string | null) => {
  const env = readEnv({ SECRET_KEY: process.env['SECRET_KEY'], PUBLIC_URL: 'https://millrace.example', ...(smtpUrl === null ? {} : { SMTP_URL: smtpUrl }) });
  engines.push(await startEngine({ env, database: t.database, connectionUrl: t.database.url, sideJobs: true }));
};
/** Retries and jobs that a dead engine held need not wait out their pause. */
const hurried = async (what: () => boolean | Promise<boolean>) => {
  let next = 0;
  await until(async () => {
    if (Date.now() > next) await t.database.sql`update graphile_worker._private_jobs set run_at = now() where locked_by is null and run_at > now()`;
    if (Date.now() > next) next = Date.now() + 1_000;
    return what();
  });
};
const jobsLeft = async () => Number((await t.database.sql`select count(*) from graphile_worker._private_jobs`)[0]?.['count']);
const statuses = async (runId: string) => (await t.database.sql<{ status: string }[]>`select status from notifications where link->>'runId' = ${runId}`).map((row) => row.status);
const ownerId = () => t.access.user?.id ?? '';
const ownerMail = async () => String((await t.database.sql`select email from "user" where id = ${ownerId()}`)[0]?.['email']);
const mailing = (params = {}) => t.insertFlow([aStep('given', 'get-raw-model', { model: '[{"n":0}]' }), aStep('tell', 'send-notification', { channel: 'smtp', userName: [ownerId()], messageTheme: { field: 'n' }, messageBody: 'Order {{n}} is here.\n.\nBcc: <eve@example.com> & more', ...params }, 'given')], { name: 'Orders' });

test.each(['smtp', 'mail'])('O13 an item is one mail by the channel "%s", plain text as it was written, and its notification says that it was sent', async (channel) => {
  await start(smtp.url);
  const runId = await t.run(await mailing({ channel, messageTheme: { const: 'Été\r\nBcc: eve@example.com' } }), { input: [{ n: 1 }, { n: 2 }] });
  expect(await t.finished(runId)).toMatchObject({ status: 'succeeded', warnings: 0 });
  await until(async () => (await jobsLeft()) === 0 && smtp.kept.length >= 2);
  expect(smtp.kept.map((each) => each.to)).toEqual([[await ownerMail()], [await ownerMail()]]);
  expect(smtp.kept.map((each) => /Order \d is here/.exec(each.text)?.[0]).toSorted()).toEqual(['Order 1 is here', 'Order 2 is here']);
  for (const { text, from } of smtp.kept) {
    expect(from).toBe('millrace@millrace.example');
    expect(text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
    expect(text).toContain('Content-Type: text/plain');
  }
  await until(async () => (await statuses(runId)).join() === 'sent,sent');
});

test('O13 a workflow’s mail has the workflow’s name as its subject; who has no address or is no member is left out and counted', async () => {
  await start(smtp.url);
  const workflow = await t.insertFlow([aStep('tell', 'send-notification', { channel: 'mail', userName: [ownerId(), 'usr_gone'], message: 'Done: {{user_name}}' })], { kind: 'workflow', name: 'Approval' });
  const run = await t.finished(await t.run(workflow, { input: { data: { user_name: 'Zoé' } } }));
  expect(run).toMatchObject({ status: 'succeeded', warnings: 1 });
  await until(() => smtp.kept.length > 0);
  expect(smtp.kept[0]?.subject).toBe('Approval');
});

test('O13 without a mail server the step fails with CHANNEL_NOT_CONFIGURED and nothing is queued', async () => {
  await start(null);
  const run = await t.finished(await t.run(await mailing(), { input: [{ n: 1 }] }));
  expect(run).toMatchObject({ status: 'failed', error: { code: 'CHANNEL_NOT_CONFIGURED' } });
  expect(await jobsLeft()).toBe(0);
  expect(await statuses(run.id)).toEqual([]);
});

test('O13 a mail that was refused to the last attempt is noted as failed', async () => {
  smtp.mode = 'refuses';
  await start(smtp.url);
  const runId = await t.run(await mailing(), { input: [{ n: 1 }] });
  await t.finished(runId);
  await until(() => smtp.refused > 0);
  expect(await statuses(runId)).toEqual(['queued']);
  await until(async () => (await t.database.sql`update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = now() where locked_by is null returning 1`).length > 0);
  await until(async () => (await statuses(runId)).join() === 'failed');
});

test('O13 an engine killed in the middle of the step sends each mail once; one killed before the mail server answered repeats it under its id', async () => {
  const file = await bundleEngine();
  const spawn = async () => {
    const spawned = await spawnEngine(file, t.database.url, { SMTP_URL: smtp.url });
    processes.push(spawned);
    return spawned;
  };
  const die = async (victim: Awaited<ReturnType<typeof spawn>>) => {
    await victim.kill('SIGKILL');
    await releaseLeases(t.database.sql, victim.pid);
  };
  const items = Array.from({ length: 200 }, (_, n) => ({ n }));
  smtp.mode = 'refuses';
  let victim = await spawn();
  const runId = await t.run(await mailing(), { input: items });
  await until(async () => Number((await t.database.sql`select count(*) from run_effects where run_id = ${runId}`)[0]?.['count']) >= 20);
  await die(victim);
  expect(Number((await t.database.sql`select count(*) from run_effects where run_id = ${runId}`)[0]?.['count'])).toBeLessThan(items.length);
  smtp.mode = 'takes';
  victim = await spawn();
  expect(await t.finished(runId, 40)).toMatchObject({ status: 'succeeded' });
  await hurried(async () => (await jobsLeft()) === 0);
  const told = smtp.kept.map((each) => Number(/Order (\d+) is here/.exec(each.text)?.[1]));
  expect(told.toSorted((a, b) => a - b)).toEqual(items.map((each) => each.n));

  smtp.kept.length = 0;
  smtp.mode = 'takes in silence';
  await t.finished(await t.run(await mailing(), { input: [{ n: 1 }] }));
  await until(() => smtp.kept.length === 1);
  await die(victim);
  smtp.mode = 'takes';
  victim = await spawn();
  await hurried(() => smtp.kept.length === 2);
  expect(smtp.kept[0]?.messageId).toMatch(/^<ntf_.*@/);
  expect(smtp.kept[1]?.messageId).toBe(smtp.kept[0]?.messageId);
}, 150_000);
