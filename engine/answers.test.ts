import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEntry } from '#db/entries';
import { answerTask } from '#db/tasks';
import { codeOf, got } from '#db/testing-result';
import { releaseLeases } from '#db/worker-leases';
import { seeded } from '#flow/testing-random';
import { sleep } from '#flow/testing-until';
import { aStep, engineTest, type EngineTest } from './testing';
import { bundleEngine, spawnEngine, type EngineProcess } from './testing-process';

/** Many questions, each answered one to three times at once, while engines are killed. `MILLRACE_LONG=1`: ten thousand. */
const isLong = Boolean(process.env['MILLRACE_LONG']);
const count = isLong ? 10_000 : 60;
let t: EngineTest;
let file = '';
let processes: EngineProcess[] = [];
const begin = async () => void processes.push(await spawnEngine(file, t.database.url));
beforeAll(async () => {
  file = await bundleEngine();
  t = await engineTest([{ name: 'who', title: 'Who', type: 'catalog', componentId: 'user-info' }, { name: 'ok', title: 'OK', type: 'boolean' }]);
});
afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill('SIGTERM')));
  await t.close();
}, 180_000);


test(`R44 ${count} questions, each answered up to three times at once while engines are killed: one answer counts and is consumed once`, async () => {
  const flow = await t.insertFlow([aStep('ask', 'get-user-confirmation', { confirmationField: 'ok', userInfoField: 'who' }), aStep('save', 'update-model')], { kind: 'workflow', name: 'Ask' });
  const { sql } = t.database;
  const { next } = seeded(7);
  await Promise.all([begin(), begin(), begin()]);
  let isOver = false;
  const killing = (async () => {
    for (; !isOver; await sleep(isLong ? 2_000 : 700)) {
      const victim = processes.shift();
      if (!victim) continue;
      await victim.kill('SIGKILL');
      await releaseLeases(t.database.sql, victim.pid);
      await begin();
    }
  })();
  const won = new Map<string, boolean>();
  const lost: string[] = [];
  const answered = new Set<string>();
  const asking = (async () => {
    for (let start = 0; start < count; start += 20) {
      await Promise.all(Array.from({ length: Math.min(20, count - start) }, async () => {
        const { entry } = got(await createEntry(t.database, t.access, t.componentId, { data: { who: { id: t.access.user?.id ?? '' } } }));
        await t.run(flow, { entryId: entry.id });
      }));
    }
  })();
  const from = Date.now();
  let told = 0;
  for (const end = from + 1_200_000; answered.size < count && Date.now() < end; ) {
    if (answered.size >= told + 1_000) console.log(`${told = answered.size} answered after ${((Date.now() - from) / 1_000).toFixed(0)} s`);
    const open = await sql<{ id: string; runId: string }[]>`select id, run_id as "runId" from tasks where state = 'open' limit 64`;
    await Promise.all(open.filter((task) => !answered.has(task.id)).map(async ({ id, runId }) => {
      answered.add(id);
      const answers = Array.from({ length: 1 + Math.floor(next() * 3) }, (_, at) => at % 2 === 0);
      await Promise.all(answers.map(async (answer) => {
        const code = codeOf(await answerTask(t.database, t.access, id, answer));
        if (code === 'ok') {
          expect(won.has(runId), 'two answers were told that they count').toBe(false);
          won.set(runId, answer);
        } else {
          lost.push(code);
        }
      }));
    }));
    if (open.length === 0) await sleep(20);
  }
  await asking;
  for (const end = Date.now() + 120_000; Date.now() < end && Number((await sql`select count(*) from run_slots`)[0]?.['count']) > 0; ) await sleep(50);
  isOver = true;
  await killing;
  expect([won.size, new Set(lost)]).toEqual([count, new Set(['CONFIRMATION_ANSWERED'])]);
  const rows = await sql<{ id: string; status: string; resolved: number; answer: boolean; stored: boolean }[]>`select r.id, r.status,
      (select count(*)::int from run_events e where e.run_id = r.id and e.type = 'wait.resolved') as resolved,
      (select (e.data->>'answer')::boolean from run_events e where e.run_id = r.id and e.type = 'wait.resolved' limit 1) as answer,
      (select (n.data->>'ok')::boolean from entries n where n.id = r.entry_id) as stored
    from runs r where r.flow_id = ${flow}`;
  expect(rows).toHaveLength(count);
  for (const row of rows) expect(row).toMatchObject({ status: 'succeeded', resolved: 1, answer: won.get(row.id), stored: won.get(row.id) });
}, 1_500_000);
