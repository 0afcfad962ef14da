// `npm test`: sets everything up, runs checks, unit and database tests and the browser tests, and ends with one line
// `N passed, N failed`. `--long` runs the long versions of the seeded suites, `--unit` and `--e2e` one part only.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { ensureBrowser } from './browser.mjs';
import { ensureBuilt, ensureInstalled, requireNode, root, runNode } from './setup.mjs';

const wants = (flag) => process.argv.includes(`--${flag}`);
const only = wants('unit') ? 'unit' : wants('e2e') ? 'e2e' : null;
const forwarded = process.argv.slice(2).filter((each) => !['--long', '--unit', '--e2e'].includes(each));
const reports = join(root, '.cache', 'reports');

requireNode();
ensureInstalled();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const env = wants('long') ? { MILLRACE_LONG: '1' } : {};
const results = [];
if (only === null) results.push(check());
if (only !== 'e2e') results.push(unitTests());
if (only !== 'unit') results.push(await browserTests());
const passed = results.reduce((sum, each) => sum + each.passed, 0);
const failed = results.reduce((sum, each) => sum + each.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function unitTests() {
  const report = join(reports, 'vitest.json');
  const good = runNode('node_modules/vitest/vitest.mjs', ['run', ...forwarded], { show: true, allowFailure: true, env: { ...env, VITEST_JSON: report, NODE_ENV: 'test' } });
  const counted = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  return counts(counted?.numPassedTests ?? 0, counted?.numFailedTests ?? 0, good);
}

async function browserTests() {
  const browser = await ensureBrowser();
  ensureBuilt();
  const report = join(reports, 'playwright.json');
  const good = runNode('node_modules/@playwright/test/cli.js', ['test', '--config', 'e2e/playwright.config.ts', ...forwarded], {
    show: true, allowFailure: true, env: { ...env, CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  const stats = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).stats : null;
  return counts((stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0, good);
}

/** A runner that fails without naming a test (a file that does not load, a crash) counts as one failure. */
function counts(passed, failed, good) {
  return { passed, failed: good ? failed : Math.max(1, failed) };
}
