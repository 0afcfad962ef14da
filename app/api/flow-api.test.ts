import { afterAll, beforeAll, expect, test } from 'vitest';
import { definition } from './_testing/samples';
import { createWorld, send, type World } from './_testing/world';

let world: World;
let componentId: string;
beforeAll(async () => {
  world = await createWorld();
  componentId = (await (await send('POST', '/components', world.cookies.owner, { body: { title: 'Called' } })).json()).id;
});
afterAll(() => world.close());

test('the API definition is of the published version, and only where the flow asks for it', async () => {
  const { id: flowId } = await (await send('POST', '/flows', world.cookies.editor, { body: { componentId, kind: 'dataflow', name: 'Echo', definition } })).json();
  const params = { flowId };
  const read = async (cookie = world.cookies.viewer) => {
    const reply = await send('GET', '/flows/:flowId/openapi.json', cookie, { params });
    return { status: reply.status, body: await reply.json() };
  };
  const publish = async () => expect((await send('POST', '/flows/:flowId/publish', world.cookies.editor, { params, body: {} })).status).toBe(201);
  expect(await read()).toMatchObject({ status: 409, body: { error: { code: 'NOT_PUBLISHED' } } });
  await publish();
  expect(await read()).toMatchObject({ status: 409, body: { error: { code: 'STATE_INVALID' } } });
  expect((await send('PUT', '/flows/:flowId/definition', world.cookies.editor, { params, body: { ...definition, settings: { generateApi: true, description: 'Says it back.' } } })).status).toBe(200);
  expect(await read()).toMatchObject({ status: 409, body: { error: { code: 'STATE_INVALID' } } }); // the draft is not what programs call
  await publish();
  const { status, body } = await read();
  expect(status).toBe(200);
  expect(body).toMatchObject({ info: { version: '2', description: 'Says it back.' }, servers: [{ url: expect.stringMatching(/^http.*\/api\/v1$/) }] });
  const [path] = Object.keys(body.paths);
  expect(path).toBe(`/flows/${flowId}/runs`);
  expect((await send('POST', '/flows/:flowId/runs', world.cookies.operator, { params, body: { input: { a: 1 } } })).status).toBe(202); // what it describes is really there
});
