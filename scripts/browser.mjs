// Finds a Chromium for the browser tests, installing one when there is none: a missing browser is never a skipped test.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createRequire } from 'node:module';
import { fail, root, run, runNode } from './setup.mjs';

export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;
  console.log('Installing a browser for the tests …');
  runNode('node_modules/@playwright/test/cli.js', ['install', 'chromium'], { allowFailure: true });
  const own = await playwrightsOwn();
  if (own) return own;
  if (process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get')) {
    run('apt-get', ['update'], { allowFailure: true });
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { allowFailure: true });
  }
  return onPath('chromium') ?? fail('the browser tests need a Chromium: set CHROMIUM_PATH to one, or install the package "chromium" or Google Chrome.');
}

async function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : fail(`CHROMIUM_PATH "${named}" does not exist.`);
  return (await playwrightsOwn()) ?? ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath).find((each) => each !== undefined);
}

async function playwrightsOwn() {
  const { chromium } = createRequire(join(root, 'package.json'))('@playwright/test');
  const path = chromium.executablePath();
  return existsSync(path) && starts(path) ? path : undefined;
}

/** A downloaded browser may lack libraries of the system. */
function starts(path) {
  return spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
