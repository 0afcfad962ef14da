import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileContent, getFile, largestFileBytes, listFiles, readFileBytes, uploadFile } from './files';
import { createTestDatabase, type TestDatabase } from './testing';
import { codeOf, got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let there: TestWorkspace;

beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  there = await insertTestWorkspace(database);
});
afterAll(() => database.drop());

const upload = (name: string, bytes: Uint8Array, mimeType = 'text/csv') => uploadFile(database, here.as.operator, { name, mimeType, bytes });

test('a file comes back byte for byte, the same content twice is two files', async () => {
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, place) => (place * 7) % 256));
  const [one, two] = [got(await upload('a.CSV', bytes)).file, got(await upload('b.csv', bytes)).file];
  expect(one).toMatchObject({ name: 'a.CSV', extension: 'csv', size: 70_000, mimeType: 'text/csv', createdBy: { name: 'The operator' } });
  expect(one.id).not.toBe(two.id);
  expect(Buffer.from(got(await fileContent(database, here.as.viewer, two.id)).bytes).equals(bytes)).toBe(true);
  expect((await readFileBytes(database.db, here.id, one.id))?.byteLength).toBe(70_000);
});

test.each([['../../etc/passwd', 'passwd'], ['C:\\x\\y.csv', 'y.csv'], ['a\u0000b\r\n".csv', 'ab.csv'], ['\u202Egnp.exe', 'gnp.exe'], ['..', 'file'], ['', 'file'], ['été.csv', 'été.csv']])('the name %j is stored as %j', async (given, stored) => {
  expect(got(await upload(given, Buffer.from('x'))).file.name).toBe(stored);
});

test('a type that is none becomes octet-stream', async () => {
  expect(got(await upload('x', Buffer.from('x'), 'text/html\r\nX-Evil: 1')).file.mimeType).toBe('application/octet-stream');
});

test('20 MB are taken, one byte more is refused', async () => {
  expect(codeOf(await upload('big.bin', new Uint8Array(largestFileBytes + 1)))).toBe('FILE_TOO_LARGE');
  expect(codeOf(await upload('big.bin', new Uint8Array(largestFileBytes)))).toBe('ok');
});

test('another workspace sees nothing, a viewer may read and not upload', async () => {
  const { file } = got(await upload('mine.csv', Buffer.from('mine')));
  expect(codeOf(await getFile(database, there.as.owner, file.id))).toBe('FILE_NOT_FOUND');
  expect(codeOf(await fileContent(database, there.as.owner, file.id))).toBe('FILE_NOT_FOUND');
  expect(await readFileBytes(database.db, there.id, file.id)).toBeNull();
  expect(got(await listFiles(database, there.as.owner, { limit: 10 })).items).toEqual([]);
  expect(codeOf(await uploadFile(database, here.as.viewer, { name: 'a', mimeType: 'a/b', bytes: Buffer.from('') }))).toBe('ACCESS_DENIED');
  expect(codeOf(await getFile(database, here.as.viewer, file.id))).toBe('ok');
});

test('lists the newest first, page by page', async () => {
  const mine = await insertTestWorkspace(database);
  const names = ['1', '2', '3'];
  for (const name of names) got(await uploadFile(database, mine.as.editor, { name, mimeType: 'text/plain', bytes: Buffer.from(name) }));
  const first = got(await listFiles(database, mine.as.viewer, { limit: 2 }));
  const rest = got(await listFiles(database, mine.as.viewer, { limit: 2, cursor: first.nextCursor ?? '' }));
  expect([...first.items, ...rest.items].map((file) => file.name)).toEqual(['3', '2', '1']);
});
