import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { median, report } from './harness';

/** Time from `npm start`'s program to the first page: on a new data directory (initdb, migrations, seed), then warm. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const port = 43_219;
const rounds = 5;
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-start-'));
const first = await startOnce();
const warm: number[] = [];
for (let round = 0; round < rounds; round++) warm.push(await startOnce());
rmSync(dataDir, { recursive: true, force: true });
report([
  { name: 'start: new data directory to first page', value: first / 1000, unit: 's', rounds: 1 },
  { name: 'start: warm to first page', value: median(warm) / 1000, unit: 's', rounds },
]);

async function startOnce(): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['start.mjs'], { cwd: root, stdio: 'ignore', env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: '' } });
  while (!(await firstPage())) await pause(20);
  const took = performance.now() - began;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return took;
}

async function firstPage(): Promise<boolean> {
  try {
    const answer = await fetch(`http://localhost:${port}/sign-up`);
    return answer.ok;
  } catch {
    return false; // not listening yet
  }
}
