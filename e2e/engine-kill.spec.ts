import { io } from 'socket.io-client';
import { expect, test } from './fixtures';
import { componentWith, dataflow, eventsOf, longSteps, publishedFlow, weatherCsv, type Run, type RunEvent } from './flows';
import { killHard } from './processes';

test('kill -9 of the engine in the middle of a run of 20 steps: it ends by itself, nothing is recorded twice, the watcher has no gap', async ({ ana, origin }) => {
  const { api } = ana;
  const flowId = await publishedFlow(api, await componentWith(api, 'Long rank'), 'dataflow', dataflow('Rank rainy days', longSteps()));
  const file = await api.upload(weatherCsv, 'text/csv');
  const cookies = (await api.request.storageState()).cookies.map((each) => `${each.name}=${each.value}`).join('; ');
  const seen: RunEvent[] = [];
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${flowId}/runs`, { input: { file: { id: file.id } } }, 202);
  const socket = io(`${origin}/runs`, { extraHeaders: { Cookie: cookies, Origin: origin }, transports: ['websocket'] });
  const reached = new Promise<void>((resolve) => {
    socket.on('events', (batch: { events: RunEvent[] }) => {
      seen.push(...batch.events);
      if (batch.events.some((each) => each.type === 'step.succeeded' && each.stepId === 'stp_rank_4')) resolve();
    });
  });
  socket.on('connect', () => socket.emit('watch', { runId, after: seen.at(-1)?.seq ?? 0 }));
  await reached;
  await killHard('engine');
  await expect.poll(async () => (await api.get<Run>(`/runs/${runId}`)).status, { timeout: 60_000 }).toBe('succeeded');
  const events = await eventsOf(api, runId);
  await expect.poll(() => seen.length, { message: 'the watcher hears the end' }).toBe(events.length);
  socket.close();
  expect(events.map((each) => each.seq)).toEqual(events.map((_, place) => place + 1));
  expect(seen.map((each) => each.seq)).toEqual(events.map((each) => each.seq));
  const succeeded = events.filter((each) => each.type === 'step.succeeded').map((each) => each.stepId);
  expect(succeeded).toHaveLength(20);
  expect(new Set(succeeded).size).toBe(20);
  const workers = events.filter((each) => each.type === 'run.started' || each.type === 'lease.taken').map((each) => each.data['worker']);
  expect(new Set(workers).size).toBe(2);
  expect(await api.get(`/runs/${runId}/verify`)).toMatchObject({ ok: true });
});
