import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase } from '#db/testing';

/** `node cli/millrace.mjs …` as a person calls it: wrong use, help, a server that is not there or not ours, migration. */
type Told = { code: number | null; out: string; err: string };
const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
const broken = join(folder, 'broken.json');
let strange: Server;
let strangeUrl: string;
vi.setConfig({ testTimeout: 180_000 }); // each case starts a process of its own, from the sources
beforeAll(async () => {
  writeFileSync(broken, '{"a":');
  strange = createServer((_request, response) => response.end('<html>hello</html>')).listen(0);
  await once(strange, 'listening');
  const address = strange.address();
  strangeUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  strange.close();
  rmSync(folder, { recursive: true });
});

async function millrace(args: string[], env: Record<string, string> = {}): Promise<Told> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'millrace.mjs'), ...args], { env: { ...process.env, MILLRACE_URL: '', MILLRACE_API_KEY: '', DATABASE_URL: '', ...env }, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, out: out.trim(), err: err.trim() };
}

const key = { MILLRACE_API_KEY: 'mlr_x', MILLRACE_URL: 'http://127.0.0.1:47193' };

test.each<[string, string[], RegExp]>([
  ['no flow', ['run'], /^millrace run: Say which flow\. Try millrace run --help\.$/], ['two flows', ['run', 'a', 'b'], /"b" is one too many/], ['an unknown option', ['run', 'x', '--frob'], /Unknown option '--frob'/],
  ['a version that is none', ['run', 'x', '--version', 'latest'], /--version takes "draft" or the number/], ['an entry that is none', ['run', 'x', '--entry', '0'], /--entry takes a whole number/], ['a wait that is none', ['run', 'x', '--wait', 'long'], /--wait takes/],
  ['two ways to wait', ['run', 'x', '--watch', '--wait', '3'], /leave out --wait/], ['an input that is not there', ['run', 'x', '--input', '/nowhere.json'], /\/nowhere\.json cannot be read/], ['an input that is not JSON', ['run', 'x', '--input', broken], /is not JSON/],
  ['a file to import that is not JSON', ['import', broken], /is not JSON/], ['nothing to import', ['import'], /Say which file/], ['a run and all', ['verify', 'x', '--all'], /not both/], ['nothing to verify', ['verify'], /Say which run/],
  ['an unknown command', ['frob'], /there is no command "frob"/], ['an unknown act', ['api-key', 'frob'], /Say create <name>, list or revoke/], ['a role that is none', ['api-key', 'create', 'x', '--role', 'god'], /--role takes owner, admin/],
  ['migrate with something', ['migrate', 'x'], /takes nothing/], ['migrate without a database', ['migrate'], /DATABASE_URL must be set/],
])('wrong use ends with 2 and one clear line: %s', async (_what, args, line) => {
  const told = await millrace(args, key);
  expect(told).toMatchObject({ code: 2, out: '' });
  expect(told.err.split('\n')).toEqual([expect.stringMatching(line)]);
});

test('help ends with 0, nothing at all with 2', async () => {
  expect(await millrace(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('MILLRACE_API_KEY') });
  for (const name of ['run', 'api-key']) expect(await millrace([name, '--help']), name).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`millrace ${name}`) });
  expect((await millrace([])).code).toBe(2);
});

test('without a key, with an address that is none, without a server, with a server of somebody else: one line each', async () => {
  expect(await millrace(['run', 'x'])).toMatchObject({ code: 2, err: expect.stringMatching(/^millrace run: MILLRACE_API_KEY is missing[^\n]*$/) });
  expect(await millrace(['run', 'x'], { ...key, MILLRACE_URL: 'localhost' })).toMatchObject({ code: 2, err: expect.stringMatching(/MILLRACE_URL must be/) });
  expect(await millrace(['run', 'x'], key)).toMatchObject({ code: 1, err: expect.stringMatching(/^millrace run: http:\/\/127\.0\.0\.1:47193 cannot be reached: ECONNREFUSED[^\n]*$/) });
  for (const args of [['run', 'x'], ['export', 'x'], ['verify', '--all'], ['api-key', 'list']]) {
    const told = await millrace(args, { ...key, MILLRACE_URL: strangeUrl });
    expect(told.code, args.join(' ')).toBe(1);
    expect(told.err).not.toBe('');
    expect(told.err).not.toContain('    at ');
  }
});

test('migrate brings a database up to date, twice as well as once; one that is not there is named', async () => {
  const database = await createTestDatabase();
  const before = await database.sql`select count(*)::int as n from information_schema.tables where table_schema = 'public'`;
  const first = await millrace(['migrate'], { DATABASE_URL: database.url });
  expect(first).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^The database at .* is up to date\.$/) });
  expect((await millrace(['migrate'], { DATABASE_URL: database.url })).code).toBe(0);
  expect(await database.sql`select count(*)::int as n from information_schema.tables where table_schema = 'public'`).toEqual(before);
  await database.drop();
  const gone = await millrace(['migrate'], { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/nothing' });
  expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/^millrace migrate: The database at 127\.0\.0\.1:1\/nothing was not migrated: [^\n]*ECONNREFUSED/) });
  expect(gone.err).not.toContain('secret');
});
