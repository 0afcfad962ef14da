import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stepTypes } from '#flow/steps/index';
import en from './en.json';
import fr from './fr.json';
import { placeholdersOf } from './placeholders';
import { usedKeys } from './used-keys';

const flat = (tree: unknown, prefix = ''): [string, string][] =>
  (typeof tree === 'string' ? [[prefix, tree]] : Object.entries(Object(tree)).flatMap(([key, branch]) => flat(branch, prefix ? `${prefix}.${key}` : key)));
const english = new Map(flat(en));
const french = new Map(flat(fr));

test('both languages have the same keys', () => {
  expect(english.size).toBeGreaterThan(300);
  expect([...french.keys()].toSorted()).toEqual([...english.keys()].toSorted());
});

test('both languages have the same placeholders in every message', () => {
  const different = [...english].filter(([key, words]) => [...placeholdersOf(words)].toSorted().join() !== [...placeholdersOf(french.get(key) ?? '')].toSorted().join()).map(([key]) => key);
  expect(different).toEqual([]);
});

test('no message is empty', () => {
  expect([...english, ...french].filter(([, words]) => words.trim() === '').map(([key]) => key)).toEqual([]);
});

const root = join(import.meta.dirname, '..');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|^api\/|^messages\//.test(path));

test('every message a page asks for exists', () => {
  const all = [...english.keys()];
  const exists = (name: string) => {
    if (!name.includes('*')) return english.has(name);
    const pattern = new RegExp(`^${name.split('*').map((part) => part.replaceAll('.', '\\.')).join('[^.]+')}$`);
    return all.some((key) => pattern.test(key));
  };
  let checked = 0;
  const missing = files.flatMap((path) => usedKeys(readFileSync(join(root, path), 'utf8')).flatMap(({ namespaces, key }) => {
    checked += 1;
    // A file that is given its translator names no namespace: the key must then exist in one of them.
    const names = namespaces.length > 0 ? namespaces.map((namespace) => (namespace === '' ? key : `${namespace}.${key}`)) : Object.keys(en).map((namespace) => `${namespace}.${key}`);
    return names.some(exists) ? [] : [`${path}: ${names[0] ?? key}`];
  }));
  expect(checked).toBeGreaterThan(200);
  expect(missing).toEqual([]);
});

test('every kind of parameter that a step has is named on its documentation page', () => {
  const kinds = new Set(stepTypes.flatMap((type) => Object.values(type.params).flatMap((meta) => [meta.widget, ...(meta.widget === 'list' ? Object.values(meta.columns).map((column) => column.widget) : [])])));
  expect(kinds.size).toBeGreaterThan(10);
  expect([...kinds].filter((kind) => !english.has(`steps.widget.${kind}`))).toEqual([]);
});

test('the scan finds plain, chosen and composed keys', () => {
  const source = "const t = useTranslations('a'); const other = useTranslations('b');\n t('x'); t.rich('y.z', { n }); other(open ? 'p' : `q.${kind}`, { v: f(1) }); t(names[key]); edit('no');";
  expect(usedKeys(source).map(({ key }) => key)).toEqual(['x', 'y.z', 'p', 'q.*']);
});

test('placeholders are found inside plural cases and tags', () => {
  expect([...placeholdersOf('{count, plural, one {one by {name}} other {# by {name}}} in <link>{place}</link>')].toSorted()).toEqual(['<link>', '{count}', '{name}', '{place}']);
  expect([...placeholdersOf('{count, plural, one {une} other {autres}}')]).toEqual(['{count}']);
});
