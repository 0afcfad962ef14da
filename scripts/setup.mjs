// What `npm start` and `npm test` need before anything of the project can run: no dependency but Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mendDriver } from './mend-driver.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');

export function fail(message) {
  console.error(`millrace: ${message}`);
  process.exit(1);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
}

/** Runs a command in the project's folder; its output is shown only when it fails, unless `show`. */
export function run(command, args, { show = false, env = {}, allowFailure = false } = {}) {
  const result = spawnSync(command, args, {
    cwd: root, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env }, encoding: 'utf8',
    stdio: show ? 'inherit' : 'pipe', shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0 && !allowFailure) {
    if (!show) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    fail(`"${command} ${args.join(' ')}" failed${result.error ? `: ${result.error.message}` : ''}.`);
  }
  return result.status === 0;
}

/** Runs a Node script of a dependency with this very Node. */
export function runNode(script, args, options) {
  return run(process.execPath, [resolve(root, script), ...args], options);
}

export function ensureInstalled() {
  if (!isCurrent('install', ['package.json', 'package-lock.json']) || !existsSync(join(root, 'node_modules', 'next'))) {
    console.log('Installing dependencies …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--include=dev'], {});
    markCurrent('install', ['package.json', 'package-lock.json']);
  }
  mendDriver(); // also where npm is told to run no scripts, and what was installed before there was anything to mend
}

const sources = ['app', 'cli', 'collab-server', 'db', 'engine', 'flow', 'outgoing', 'start.ts', 'start-engine.ts', 'start-part.ts', 'supervisor.ts', 'scripts/bundle.mjs', 'scripts/mend-driver.mjs', 'scripts/start-compiled.cjs', 'next.config.mjs', 'package-lock.json', 'postcss.config.mjs', 'tsconfig.json'];

export function ensureBuilt() {
  const built = existsSync(join(root, '.next', 'BUILD_ID')) && existsSync(join(root, 'dist', 'start.js'));
  if (built && isCurrent('build', sources)) return;
  console.log('Building …');
  runNode('scripts/build.mjs', []);
  markCurrent('build', sources);
}

/** Whether a file was made after everything below these folders: quicker than the digest, for what starts often. */
export function isNewest(file, folders) {
  if (!existsSync(join(root, file))) return false;
  const madeAt = statSync(join(root, file)).mtimeMs;
  return folders.every((folder) => readdirSync(join(root, folder), { recursive: true }).every((name) => statSync(join(root, folder, name)).mtimeMs <= madeAt));
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, join(root, path));
  return hash.digest('hex');
}

function addTo(hash, path) {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).toSorted()) if (!/\.test\.tsx?$/.test(name)) addTo(hash, join(path, name));
    return;
  }
  hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
}

const stamp = (name) => join(cache, `${name}.sha256`);

function isCurrent(name, paths) {
  return existsSync(stamp(name)) && readFileSync(stamp(name), 'utf8') === digest(paths);
}

function markCurrent(name, paths) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp(name), digest(paths));
}

export function forget(name) {
  rmSync(stamp(name), { force: true });
}
