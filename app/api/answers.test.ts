import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as nothing, POST as nothingPosted } from './[[...path]]/route';
import { PUT as putRuns } from './v1/runs/route';
import { createWorld, origin, send, type World } from './_testing/world';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('paths that do not exist and methods a path does not have are answered in JSON', async () => {
  const missing = await nothing(new Request(`${origin}/api/v1/nothing`));
  expect([missing.status, (await missing.json()).error.code]).toEqual([404, 'NOT_FOUND']);
  expect((await nothingPosted(new Request(`${origin}/api`, { method: 'POST' }))).status).toBe(404);
  const refused = await putRuns(new Request(`${origin}/api/v1/runs`, { method: 'PUT' }), { params: Promise.resolve({}) });
  expect([refused.status, refused.headers.get('allow'), (await refused.json()).error.code]).toEqual([405, 'GET', 'METHOD_NOT_ALLOWED']);
});

test('an error speaks the caller’s language, its details too', async () => {
  const { id } = await (await send('POST', '/components', world.cookies.owner, { body: { title: 'Cars', fields: [{ name: 'doors', title: 'Doors', type: 'integer', max: 5 }] } })).json();
  const params = { componentId: id };
  const body = { data: { doors: 'many' } };
  const english = await (await send('POST', '/components/:componentId/entries', world.cookies.owner, { params, body })).json();
  const french = await (await send('POST', '/components/:componentId/entries', world.cookies.owner, { params, body, headers: { 'accept-language': 'fr-FR' } })).json();
  expect(english.error.code).toBe('VALIDATION_FAILED');
  expect(english.error.details).toEqual([{ field: 'doors', message: 'Doors: "many" is not a whole number.' }]);
  expect(french.error.details).toEqual([{ field: 'doors', message: 'Doors : "many" n’est pas un nombre entier.' }]);
  expect(french.error.message).not.toBe(english.error.message);
  const limit = await (await send('GET', '/runs', `${world.cookies.owner}; locale=fr`, { query: { limit: '999' } })).json();
  expect(limit.error).toMatchObject({ code: 'PARAM_INVALID', message: 'La requête "limit" n’est pas conforme : Trop grand : nombre doit être <=200.', details: [{ path: 'limit' }] });
});

test('limits of fields: a title of 10,000 characters, a limit of nonsense and a date that does not exist are refused, nothing is stored', async () => {
  const before = await (await send('GET', '/components', world.cookies.owner)).json();
  const bad = [
    { title: 'x'.repeat(10_000), fields: [] }, { title: '   ' }, { title: 1 }, { title: 'A', fields: {} }, { title: 'A', fields: [{ name: '1a', title: 'A', type: 'string' }] },
    { title: 'A', fields: [{ name: 'a', title: 'A', type: 'vector' }] }, { title: 'A', fields: [{ name: 'a', title: 'A', type: 'string', extra: 1 }] }, { title: 'A', fields: Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, title: 'F', type: 'string' })) },
  ];
  for (const body of bad) {
    const reply = await send('POST', '/components', world.cookies.owner, { body });
    expect([reply.status, (await reply.json()).error.code], JSON.stringify(body).slice(0, 80)).toEqual([400, 'PARAM_INVALID']);
  }
  const located = await (await send('POST', '/components', world.cookies.owner, { body: bad[5] })).json();
  expect(located.error.details[0].path).toBe('fields[0].type');
  expect((await send('GET', '/runs', world.cookies.owner, { query: { from: '2026-02-30T00:00:00Z' } })).status).toBe(400);
  expect(await (await send('GET', '/components', world.cookies.owner)).json()).toEqual(before);
});
