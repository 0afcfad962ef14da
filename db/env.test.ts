import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { deriveKey, EnvError, readEnv } from './env';

const folder = mkdtempSync(join(tmpdir(), 'millrace-env-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = 'k'.repeat(32);
const read = (source: Record<string, string>) => readEnv({ DATA_DIR: folder, SECRET_KEY: key, ...source });

function messageOf(source: Record<string, string>): string {
  try {
    read(source);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a bad value is one line that names the variable', () => {
  test.each<[string, Record<string, string>]>([
    ['PORT', { PORT: 'http' }], ['PORT', { PORT: '70000' }], ['PORT', { PORT: '0' }], ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }], ['SECRET_KEY', { SECRET_KEY: 'short' }],
    ['SMTP_URL', { SMTP_URL: 'http://x' }], ['ENGINE_WORKERS', { ENGINE_WORKERS: '-1' }], ['ENGINE_WORKERS', { ENGINE_WORKERS: '65' }], ['ADMIN_EMAIL', { ADMIN_EMAIL: 'ana', ADMIN_PASSWORD: 'long-enough' }],
    ['ADMIN_PASSWORD', { ADMIN_EMAIL: 'ana@example.com', ADMIN_PASSWORD: 'short' }], ['ADMIN_EMAIL', { ADMIN_EMAIL: 'ana@example.com' }], ['ADMIN_PASSWORD', { ADMIN_PASSWORD: 'long-enough' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://x' }], ['PUBLIC_URL', { PUBLIC_URL: 'http://a.example, nonsense' }], ['SIGN_UP', { SIGN_UP: 'maybe' }],
  ])('%s %j', (name, source) => {
    const message = messageOf(source);
    expect(message).toContain(name);
    expect(message).not.toContain('\n');
  });

  test('secrets are not repeated in it', () => {
    expect(messageOf({ SECRET_KEY: 'my-short-secret' })).not.toContain('my-short-secret');
    expect(messageOf({ ADMIN_EMAIL: 'ana@example.com', ADMIN_PASSWORD: 'oh-no' })).not.toContain('oh-no');
  });

  test('DATA_DIR that is a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => readEnv({ DATA_DIR: join(folder, 'file') })).toThrow(/^DATA_DIR/);
  });
});

test('defaults: port 3000, one engine, by invitation, both local addresses', () => {
  expect(read({})).toMatchObject({ port: 3000, databaseUrl: '', engineWorkers: 1, admin: null, publicUrls: ['http://localhost:3000', 'http://127.0.0.1:3000'], auth: { signUp: 'invite', baseUrl: 'http://localhost:3000' } });
  expect(read({ PORT: '' })).toMatchObject({ port: 3000 });
});

test('PUBLIC_URL takes several addresses and keeps their origins', () => {
  expect(read({ PUBLIC_URL: 'https://a.example/path, http://b.example:8080' }).publicUrls).toEqual(['https://a.example', 'http://b.example:8080']);
});

test('without SECRET_KEY one is made once, readable by its owner alone', () => {
  const [first, second] = [readEnv({ DATA_DIR: folder }).secretKey, readEnv({ DATA_DIR: folder }).secretKey];
  expect(first).toBe(second);
  expect(first).toHaveLength(64);
  expect(readFileSync(join(folder, 'secret-key'), 'utf8')).toBe(first);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
});

test('each purpose has its own key', () => {
  expect(deriveKey(key, 'auth').equals(deriveKey(key, 'log'))).toBe(false);
  expect(read({}).auth.secret).toBe(deriveKey(key, 'auth').toString('hex'));
});
