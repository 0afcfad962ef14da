import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '#flow/catalogue';
import { iconNames } from './icon';

test('every step has an icon that is drawn', () => {
  expect(catalogue.filter((entry) => !iconNames.has(entry.icon)).map((entry) => `${entry.key}: ${entry.icon}`)).toEqual([]);
});

test('every icon a page names is drawn', () => {
  const root = join(import.meta.dirname, '..');
  const asked = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tsx')).flatMap((path) => {
    const source = readFileSync(join(root, path), 'utf8');
    return [...source.matchAll(/(?:\bicon=|\bicon: |<Icon name=)(?:"|')([a-z][a-z0-9-]*)(?:"|')/g)].map((match) => ({ path, name: match[1] ?? '' }));
  });
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter(({ name }) => !iconNames.has(name)).map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
});
