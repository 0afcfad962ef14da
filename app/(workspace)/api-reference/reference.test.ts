import { expect, test } from 'vitest';
import { openApi } from '../../api/_openapi';
import type { Operation } from '../../api/_operations/operation';
import { table } from '../../api/_operations/table';
import { curlOf, exampleOf } from './example';
import { referenceOf } from './view-model';

const reference = referenceOf(openApi('en'));
const schemas = new Map(reference.schemas.map(({ name, schema }) => [name, schema]));
const operations = new Map(Object.entries<Operation>(table));

test('the page shows every operation once, with what it takes, answers and refuses', () => {
  expect(reference.operations.map((each) => each.id).toSorted()).toEqual([...operations.keys()].toSorted());
  for (const each of reference.operations) {
    expect(each.summary, each.id).not.toBe('');
    expect(each.answers.length, each.id).toBeGreaterThan(0);
    expect(each.errors.flatMap((error) => error.codes), each.id).toContain('INTERNAL');
    expect(each.inPath.map((field) => field.name), each.id).toEqual([...each.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  }
});

test.each(reference.operations.filter((each) => each.body && each.body.type === 'application/json'))('the example of $method $path is a body that fits', (operation) => {
  const example = exampleOf(operation.body?.schema ?? {}, schemas);
  const parsed = operations.get(operation.id)?.body?.safeParse(example);
  expect(parsed?.error?.issues, JSON.stringify(example)).toBeUndefined();
});

test('examples are calls a shell takes', () => {
  for (const each of reference.operations) {
    const curl = curlOf(each, 'https://millrace.example', schemas);
    expect(curl, each.id).toMatch(/^curl (-X [A-Z]+ )?"https:\/\/millrace\.example\/api\/v1\/[\w/$.-]*"/);
    expect(curl.includes('undefined'), each.id).toBe(false);
  }
});
