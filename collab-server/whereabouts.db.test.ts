import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Whereabouts } from '#flow/whereabouts';
import { until } from '#flow/testing-until';
import { liveClient, outsider, person, startTestWeb, type Person, type TestWeb } from './testing';

let web: TestWeb;
let ana: Person;
let vi: Person;
let eve: Person;
const sockets: ReturnType<typeof liveClient>[] = [];

beforeAll(async () => {
  web = await startTestWeb();
  ana = await person(web, 'Ana', 'editor');
  vi = await person(web, 'Vi', 'viewer');
  eve = await outsider(web, 'Eve');
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await web.stop();
});

function open(url: string, who: Person) {
  const socket = liveClient(url, '/presence', { cookie: who.cookie });
  sockets.push(socket);
  const heard: { people: Whereabouts[] } = { people: [] };
  socket.on('here', (told: { people: Whereabouts[] }) => (heard.people = told.people));
  return { socket, heard, at: (place: unknown): Promise<{ ok: boolean; error?: { code: string } }> => socket.timeout(5_000).emitWithAck('at', { place }) };
}
const flow = { page: 'flow', objectId: 'flw_1', title: 'Rain', detail: 'Totals' };

it('L8 colleagues see where a person is, at another web process too, and that they left', async () => {
  const second = await web.startSecond();
  try {
    const [one, two] = [open(web.url, ana), open(`http://127.0.0.1:${second.env.port}`, vi)];
    expect(await one.at(flow)).toEqual({ ok: true });
    await until(() => two.heard.people.some((each) => each.user.name === 'Ana' && each.place.page === 'flow' && each.place.title === 'Rain'), 'Ana in Rain');
    await two.at({ page: 'elsewhere' });
    await until(() => one.heard.people.length === 2, 'two people');
    one.socket.disconnect();
    await until(() => two.heard.people.every((each) => each.user.name !== 'Ana'), 'Ana gone');
  } finally {
    await second.close();
  }
});

it('L8 another workspace hears nothing, and a place that is none is refused', async () => {
  const [one, other] = [open(web.url, ana), open(web.url, eve)];
  await one.at(flow);
  await until(() => one.heard.people.some((each) => each.user.name === 'Ana'), 'Ana here');
  expect(await other.at({ page: 'elsewhere' })).toEqual({ ok: true });
  await until(() => other.heard.people.length === 1, 'Eve here');
  expect(other.heard.people.map((each) => each.user.name)).toEqual(['Eve']);
  expect((await one.at({ page: 'flow', objectId: '../../x', title: 'A' })).error?.code).toBe('PARAM_INVALID');
  expect(one.heard.people.filter((each) => each.user.name === 'Ana')).toHaveLength(1);
});
