// `npm test`: sets everything up, runs checks, unit and database tests and the browser tests, and ends with one line
// `N passed, N failed`. `--long` runs the long versions of the seeded suites, `--unit` and `--e2e` one part only.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { check } from './check.mjs';
import { ensureBrowser } from './browser.mjs';
import { ensureBuilt, ensureInstalled, requireNode, root, runNode } from './setup.mjs';

const wants = (flag) => process.argv.includes(`--${flag}`);
const only = wants('unit') ? 'unit' : wants('e2e') ? 'e2e' : null;
const forwarded = process.argv.slice(2).filter((each) => !['--long', '--unit', '--e2e'].includes(each));
/** A log that is cut in the middle still names these, since they stand at its end. */
const mostNamed = 50;
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
for (const each of results.flatMap((result) => result.again ?? []).slice(0, mostNamed)) console.log(`only at the second attempt: ${each}`);
for (const each of results.flatMap((result) => result.names ?? []).slice(0, mostNamed)) console.log(`failed: ${each}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function unitTests() {
  const report = join(reports, 'vitest.json');
  const good = runNode('node_modules/vitest/vitest.mjs', ['run', ...forwarded], { show: true, allowFailure: true, env: { ...env, VITEST_JSON: report, NODE_ENV: 'test' } });
  const counted = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  const names = (counted?.testResults ?? []).flatMap((file) => {
    const cases = file.assertionResults.filter((each) => each.status === 'failed').map((each) => [each.fullName, each.failureMessages[0]]);
    const whole = file.status === 'failed' && cases.length === 0 ? [['the file as a whole', file.message]] : [];
    return [...cases, ...whole].map(([title, why]) => named(relative(root, file.name), title, why));
  });
  return { ...counts(counted?.numPassedTests ?? 0, counted?.numFailedTests ?? 0, good), names };
}

async function browserTests() {
  const browser = await ensureBrowser();
  ensureBuilt();
  const report = join(reports, 'playwright.json');
  const good = runNode('node_modules/@playwright/test/cli.js', ['test', '--config', 'e2e/playwright.config.ts', ...forwarded], {
    show: true, allowFailure: true, env: { ...env, CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  const told = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const all = (told?.suites ?? []).flatMap(specs);
  const nameOf = (each) => named(`e2e/${each.file}`, each.title, each.tests[0]?.results[0]?.error?.message);
  return {
    ...counts((told?.stats?.expected ?? 0) + (told?.stats?.flaky ?? 0), told?.stats?.unexpected ?? 0, good),
    names: all.filter((each) => !each.ok).map(nameOf), again: all.filter((each) => each.ok && each.tests.some((test) => test.status === 'flaky')).map(nameOf),
  };
}

/** One line per failed test: where, what, and the first two lines of why, without colours. */
function named(file, title, why = '') {
  const plain = stripVTControlCharacters(why).split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return `${file} › ${title}: ${plain.slice(0, 2).join(' · ').slice(0, 300)}`;
}

/** A runner that fails without naming a test (a file that does not load, a crash) counts as one failure. */
function counts(passed, failed, good) {
  return { passed, failed: good ? failed : Math.max(1, failed) };
}
