import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deflateRawSync } from 'node:zlib';
import { uploadFile } from '#db/files';
import { requestRun, runItems } from '#db/runs';
import type { Json } from '#flow/json';
import { readTable } from './tables/read-table';
import { zipEntries } from './tables/zip-entries';
import { aStep, chain, engineTest, type EngineTest } from './testing';

let t: EngineTest;
let echo: string;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
  echo = await t.insertFlow([...chain(2), aStep('out', 'write-response', {}, 's2')]);
});
afterAll(() => t.close());

const deep = (levels: number): Json => {
  let value: Json = 1;
  for (let at = 0; at < levels; at++) value = { a: value };
  return value;
};

describe('hostile input', () => {
  test.each<[string, Json]>([
    ['NUL', { text: 'a\u0000b', 'k\u0000': 1 }], ['half a character', { text: '\ud800', other: 'x\udc00y' }], ['dangerous keys', JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')],
    ['64 levels', deep(64)], ['numbers', { big: 1e308, small: 5e-324, minus: -0 }], ['a lone string', 'text'], ['an empty list', []], ['2 MB of text', { text: 'ä'.repeat(1_000_000) }],
  ])('R30 a run carries %s through', async (_name, input) => {
    const run = await t.finished(await t.run(echo, { input }));
    expect(run.status, JSON.stringify(run.error)).toBe('succeeded');
    expect(await runItems(t.database, t.access, run.id, 's2', { side: 'out', offset: 0, limit: 5 })).toMatchObject({ ok: true });
    const expected = typeof input === 'string' ? { value: input } : input;
    expect(JSON.stringify(run.output)).toBe(JSON.stringify(expected).replace('-0', '0'));
  });

  test('R30 too deep and too large are refused before anything is stored', async () => {
    expect(await requestRun(t.database, t.access, echo, { input: deep(5_000) })).toMatchObject({ failure: { code: 'PARAM_INVALID' } });
    expect(await requestRun(t.database, t.access, echo, { input: deep(65) })).toMatchObject({ failure: { code: 'PARAM_INVALID', path: 'input' } });
    expect(await requestRun(t.database, t.access, echo, { input: { text: 'x'.repeat(51_000_000) } })).toMatchObject({ failure: { code: 'TOO_LARGE' } });
    const run = await t.finished(await t.run(echo, { input: { text: 'x'.repeat(5_500_000) } }));
    expect(run).toMatchObject({ status: 'failed', error: { code: 'LIMIT_EXCEEDED' } });
  });

  test('R30 an error that quotes NUL and half characters is stored and shown', async () => {
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('cut', 'extract-collection', { modelPath: 'a' }, 'in')]);
    const run = await t.finished(await t.run(flow, { input: { a: `\u0000\ud800${'long '.repeat(5_000)}` } }));
    expect(run.status).toBe('failed');
  });

  test('R30 files that are not what they claim are refused by name', async () => {
    const options = { fileType: 'csv' as const, columnSeparator: ';', skipLines: 0, hasHeader: true, worksheet: null };
    const code = async (bytes: Buffer, fileType: 'csv' | 'xlsx' | 'json') => readTable(bytes, { ...options, fileType }).then(() => 'read', (error: { failure?: { code: string } }) => error.failure?.code ?? String(error));
    expect(await code(Buffer.from('PK\u0003\u0004rest'), 'csv')).toBe('FILE_TYPE');
    expect(await code(Buffer.from('not a zip'), 'xlsx')).toBe('FILE_TYPE');
    expect(await code(Buffer.from('{"a":'), 'json')).toBe('PARSE_ERROR');
    expect(await code(Buffer.from('a;b\n"open;1'), 'csv')).toBe('PARSE_ERROR');
    expect(await code(Buffer.from(`a\n${'1\n'.repeat(100_001)}`), 'csv')).toBe('LIMIT_EXCEEDED');
    expect(await code(Buffer.from(''), 'csv')).toBe('read');
    expect(() => zipEntries(zipOf(deflateRawSync(Buffer.alloc(1_000)), 3_000_000_000))).toThrow('LIMIT_EXCEEDED');
    const flow = await t.insertFlow([aStep('in', 'get-raw-model'), aStep('read', 'import-file', { fileField: 'id', fieldsMapping: [{ target: 'a', value: { column: 1 } }] }, 'in')]);
    const foreign = await uploadFile(t.database, t.access, { name: 'x.csv', mimeType: 'text/csv', bytes: Buffer.from('a\n1') });
    await t.database.sql`insert into workspaces (id, name) values ('wks_other', 'Other')`;
    await t.database.sql`insert into blobs (workspace_id, sha256, size_bytes, encoding, body) select 'wks_other', sha256, size_bytes, encoding, body from blobs on conflict do nothing`;
    await t.database.sql`update files set workspace_id = 'wks_other'`;
    expect(await t.finished(await t.run(flow, { input: { id: foreign.ok ? foreign.file.id : '' } }))).toMatchObject({ status: 'failed', error: { code: 'FILE_NOT_FOUND' } });
  });
});

/** A zip of one entry whose directory claims `size` bytes. */
function zipOf(packed: Buffer, size: number): Buffer {
  const entry = Buffer.alloc(46 + 1);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(size, 24);
  entry.writeUInt16LE(1, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(packed.length, 16);
  return Buffer.concat([packed, entry, end]);
}
