import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './fixtures';

/** `node start.mjs` as a user starts it, until it ends by itself. */
async function startWith(env: Record<string, string>): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, ['start.mjs'], { cwd: join(import.meta.dirname, '..'), env: { ...process.env, DATABASE_URL: '', SECRET_KEY: 'x'.repeat(40), PORT: '43120', ...env } });
  let output = '';
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, lines: output.trim().split('\n') };
}

const bad: [string, Record<string, string>, RegExp][] = [
  ['PORT=web', { PORT: 'web' }, /^millrace: PORT .*"web"/],
  ['PORT=70000', { PORT: '70000' }, /^millrace: PORT .*65535/],
  ['DATABASE_URL=mysql://…', { DATABASE_URL: 'mysql://localhost/x' }, /^millrace: DATABASE_URL .*postgres:\/\//],
  ['a database nobody serves', { DATABASE_URL: 'postgres://127.0.0.1:1/x' }, /^millrace: DATABASE_URL: .*127\.0\.0\.1:1/],
  ['a short SECRET_KEY', { SECRET_KEY: 'short' }, /^millrace: SECRET_KEY .*32/],
  ['ENGINE_WORKERS=-1', { ENGINE_WORKERS: '-1' }, /^millrace: ENGINE_WORKERS/],
  ['PUBLIC_URL=nonsense', { PUBLIC_URL: 'nonsense' }, /^millrace: PUBLIC_URL .*nonsense/],
  ['SIGN_UP=maybe', { SIGN_UP: 'maybe' }, /^millrace: SIGN_UP .*invite/],
  ['ADMIN_EMAIL alone', { ADMIN_EMAIL: 'a@example.com', ADMIN_PASSWORD: '' }, /^millrace: ADMIN_EMAIL and ADMIN_PASSWORD/],
];

for (const [what, env, line] of bad) {
  test(`the start stops with one line and a non-zero exit: ${what}`, async () => {
    const { code, lines } = await startWith(env);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(code).toBeGreaterThan(0);
  });
}

test('the start stops with one line when the port is taken', async () => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const { code, lines } = await startWith({ PORT: port });
  server.close();
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^millrace: PORT ${port} is taken`))]);
  expect(code).toBeGreaterThan(0);
});

test('the start stops with one line when the data directory cannot be written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-file-'));
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const { code, lines } = await startWith({ DATA_DIR: join(file, 'data'), SECRET_KEY: '' });
  rmSync(folder, { recursive: true });
  expect(lines).toEqual([expect.stringMatching(/^millrace: DATA_DIR .*cannot be written/)]);
  expect(code).toBeGreaterThan(0);
});
