import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { cablePort } from './network';

/** One real product for the whole run: embedded PostgreSQL, web and engine, started as a user starts them. */
const port = Number(process.env['E2E_PORT'] ?? 43_117);
const dataDir = (process.env['E2E_DATA_DIR'] ??= mkdtempSync(join(tmpdir(), 'millrace e2e-')));
const baseURL = `http://localhost:${port}`;
const chromium = process.env['CHROMIUM_PATH'];

export default defineConfig({
  testDir: '.',
  outputDir: '../.cache/e2e',
  timeout: 180_000,
  expect: { timeout: 30_000 },
  workers: 1,
  retries: 1, // for what happens once in many runs; whatever needed it is named at the end of the run and wants to be looked into (decision 83)
  reporter: [['list'], ['json']],
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  webServer: {
    command: `"${process.execPath}" start.mjs`,
    cwd: join(import.meta.dirname, '..'),
    url: `${baseURL}/health/ready`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    stdout: 'pipe',
    stderr: 'pipe',
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter((each): each is [string, string] => each[1] !== undefined)),
      PORT: String(port), PUBLIC_URL: `${baseURL},http://127.0.0.1:${port},http://localhost:${cablePort}`, DATA_DIR: dataDir, DATABASE_URL: '', ADMIN_EMAIL: 'ana@example.com', ADMIN_PASSWORD: 'a long password 1', ENGINE_WORKERS: '1',
    },
  },
});
