// `npm run bench -- <name>`: runs bench/<name>.ts on a durable PostgreSQL of its own and appends to bench/results.jsonl.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureBuilt, ensureInstalled, fail, requireNode, root, runNode } from './setup.mjs';

requireNode();
ensureInstalled();
// Modules that the benchmarks share.
const parts = ['harness.ts', 'engine-parts.ts', 'product.ts', 'rivals.ts', 'traffic.ts'];
const known = readdirSync(join(root, 'bench')).filter((file) => file.endsWith('.ts') && !parts.includes(file)).map((file) => basename(file, '.ts'));
const name = process.argv[2] ?? '';
if (!known.includes(name) || !existsSync(join(root, 'bench', `${name}.ts`))) fail(`npm run bench -- <name>: "${name}" is none of ${known.join(', ')}.`);
const inBrowser = name === 'live' || name === 'canvas';
if (name === 'start' || inBrowser) ensureBuilt();
if (name.startsWith('engine') || name === 'collab') ensureRivals();
const env = inBrowser ? { CHROMIUM_PATH: await ensureBrowser() } : {};
process.exitCode = runNode('node_modules/tsx/dist/cli.mjs', ['bench/harness.ts', name], { show: true, allowFailure: true, env }) ? 0 : 1;

/** The systems measured beside ours have a folder and a lock of their own: the product's installation does without them. */
function ensureRivals() {
  const folder = join(root, 'bench', 'rivals');
  if (['@dbos-inc', '@hocuspocus'].every((rival) => existsSync(join(folder, 'node_modules', rival)))) return;
  console.log('Installing the rivals …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (done.status !== 0) fail('the rivals in bench/rivals could not be installed: the registry must be reachable for this benchmark.');
}
