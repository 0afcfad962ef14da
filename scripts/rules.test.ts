import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Every rule of a RULES.md is held by a test whose title begins with its number, and no title quotes a rule that is not
 * there: a promise that nothing checks, and a test of a promise that was taken back, are both found here.
 */
const root = join(import.meta.dirname, '..');
const folders = ['app', 'bench', 'cli', 'collab-server', 'db', 'e2e', 'engine', 'flow', 'outgoing', 'scripts'];
const ruleFiles = ['flow', 'engine', 'collab-server', 'outgoing'].map((folder) => join(folder, 'RULES.md'));
const rulesOf = (file: string) => [...readFileSync(join(root, file), 'utf8').matchAll(/^- (?:\*\*)?([A-Z]\d+)(?:\*\*)? /gm)].map((match) => match[1] ?? '');

const quoted = new Map<string, string>();
for (const folder of folders) {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /\.(test|spec)\.tsx?$/.test(file) && !file.includes('node_modules'));
  for (const file of files) {
    const text = readFileSync(join(root, folder, file), 'utf8');
    for (const [, numbers = ''] of text.matchAll(/['"`]((?:[A-Z]\d+ )+)/g)) for (const number of numbers.trim().split(' ')) quoted.set(number, `${folder}/${file}`);
  }
}

describe.each(ruleFiles)('%s', (file) => {
  const rules = rulesOf(file);

  test('numbers each rule once', () => {
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter((rule, at) => rules.indexOf(rule) !== at)).toEqual([]);
  });

  test('has a test for every rule', () => {
    expect(rules.filter((rule) => !quoted.has(rule))).toEqual([]);
  });
});

test('no test quotes a rule that is not there', () => {
  const all = new Set(ruleFiles.flatMap(rulesOf));
  const letters = new Set([...all].map((rule) => rule[0]));
  expect([...quoted].filter(([rule]) => letters.has(rule[0]) && !all.has(rule))).toEqual([]);
});
