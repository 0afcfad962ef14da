import { expect, test } from 'vitest';
import { errorCodes } from '#flow/error-code';
import { isJsonObject, type Json } from '#flow/json';
import { codesOf, openApi } from './_openapi';
import { table } from './_operations/table';
import type { Operation } from './_operations/operation';
import { handlersOf, routeFiles } from './_testing/world';

const operations = Object.values<Operation>(table);

test('every operation has a route file that answers its method, and every route file is in the table', async () => {
  const listed = operations.map((each) => `${each.method} ${each.path.replaceAll(/:(\w+)/g, '[$1]').slice(1)}`).toSorted();
  const answered: string[] = [];
  for (const file of routeFiles()) {
    const handlers = await handlersOf(file);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      if (handlers[method].name !== 'refuse') answered.push(`${method} ${file}`);
    }
  }
  expect(answered.toSorted()).toEqual(listed);
});

test('the document is OpenAPI 3.1 without dangling references', () => {
  const document = openApi('en');
  expect(document['openapi']).toBe('3.1.0');
  const text = JSON.stringify(document);
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((each) => each[1]));
  for (const each of references) {
    const target = each?.slice(2).split('/').reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), document);
    expect(target, each).toBeDefined();
  }
  expect(references).toContain('#/components/schemas/Run');
  expect(Object.keys(document['paths'] ?? {})).toContain('/flows/{flowId}/runs');
  expect(text).toContain('"maximum":60');
});

test('every path parameter of an operation is described', () => {
  for (const each of operations) {
    const named = [...each.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    expect(Object.keys(each.params?.safeParse({}).error ? shapeOf(each) : {}), each.path).toEqual(named);
  }
});

test('codes of the document come from the closed list', () => {
  const known: readonly string[] = errorCodes;
  for (const each of operations) for (const code of codesOf(each)) expect(known).toContain(code);
});

function shapeOf(operation: Operation): object {
  return operation.params && 'shape' in operation.params && typeof operation.params.shape === 'object' ? (operation.params.shape ?? {}) : {};
}
