import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxFileBytes } from './_operations/files';
import { upload } from './_testing/samples';
import { createWorld, send, type World } from './_testing/world';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const post = (body: unknown, headers?: Record<string, string>) => send('POST', '/files', world.cookies.operator, { body, headers });
const outcome = async (reply: Response) => [reply.status, (await reply.json()).error?.code];

test('a file comes back byte for byte, as a download that no browser renders', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
  const stored = await (await post(upload('naïve "report".html', bytes))).json();
  expect(stored).toMatchObject({ extension: 'html', size: 70_000 });
  const reply = await send('GET', '/files/:fileId/content', world.cookies.viewer, { params: { fileId: stored.id } });
  expect(new Uint8Array(await reply.arrayBuffer())).toEqual(bytes);
  expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  expect(reply.headers.get('content-security-policy')).toContain('sandbox');
  expect(reply.headers.get('content-disposition')).toMatch(/^attachment; filename="na_ve report\.html"; filename\*=UTF-8''na%C3%AFve%20report\.html$/);
});

test('names with line breaks, paths or half surrogates make no header and no path', async () => {
  for (const name of ['a\r\nSet-Cookie: x=1', '../../etc/passwd', '\u202egpj.exe', `${'n'.repeat(5_000)}.csv`]) {
    const reply = await post(upload(name));
    expect(reply.status, name).toBe(201);
    const { id } = await reply.json();
    const content = await send('GET', '/files/:fileId/content', world.cookies.viewer, { params: { fileId: id } });
    expect(content.status).toBe(200);
    expect(content.headers.get('set-cookie')).toBeNull();
    expect(content.headers.get('content-disposition')).not.toContain('/');
  }
});

test('20 MB is the most, and a larger body is not read to its end', async () => {
  expect((await post(upload('largest.bin', new Uint8Array(maxFileBytes)))).status).toBe(201);
  expect(await outcome(await post(upload('larger.bin', new Uint8Array(maxFileBytes + 1))))).toEqual([413, 'FILE_TOO_LARGE']);
  expect(await outcome(await post(upload('huge.bin', new Uint8Array(maxFileBytes * 2))))).toEqual([413, 'TOO_LARGE']);
});

test('an upload that is none is refused', async () => {
  expect(await outcome(await post({ file: { path: '/etc/passwd' } }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  const empty = new FormData();
  empty.set('other', 'x');
  expect(await outcome(await post(empty))).toEqual([400, 'PARAM_REQUIRED']);
  const text = new FormData();
  text.set('file', 'not a file');
  expect(await outcome(await post(text))).toEqual([400, 'PARAM_REQUIRED']);
  expect(await outcome(await post('--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' }))).toEqual([400, 'PARAM_INVALID']);
  expect(await outcome(await post('a', { 'content-type': 'multipart/form-data' }))).toEqual([400, 'PARAM_INVALID']);
});

test('an empty file is a file', async () => {
  expect(await (await post(upload('empty.csv', ''))).json()).toMatchObject({ size: 0, name: 'empty.csv' });
});
