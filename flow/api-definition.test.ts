import { expect, test } from 'vitest';
import { shapeMismatch } from './answer-shape';
import { apiDefinition } from './api-definition';
import { isJsonObject, type Json } from './json';
import { importOpenApi } from './openapi-import';
import { sampleContext, shortFlow, type ShortStep } from './testing-flow';

const described = (steps: ShortStep[], name = 'Été: orders, 2nd') => apiDefinition({ definition: { ...shortFlow(steps), name }, context: sampleContext, flowId: 'flw_1', version: 3, server: 'https://millrace.example' });
const at = (value: Json, ...keys: string[]): Json => keys.reduce<Json>((inner, key) => (isJsonObject(inner) ? (inner[key] ?? null) : null), value);
const post = (document: Json) => at(document, 'paths', '/flows/flw_1/runs', 'post');
const requestOf = (document: Json) => at(post(document), 'requestBody', 'content', 'application/json', 'schema');
const answerOf = (document: Json) => at(post(document), 'responses', '200', 'content', 'application/json', 'schema');
const raw = (model: Json): ShortStep => ({ id: 'in', type: 'get-raw-model', params: { model: JSON.stringify(model) } });

test('F59 it names the flow, its version and address, and asks for an API key', () => {
  const document = described([raw({ a: 1 }), { id: 'out', type: 'write-response', sources: { source: 'in' } }]);
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Été: orders, 2nd', version: '3' }, servers: [{ url: 'https://millrace.example/api/v1' }], security: [{ apiKey: [] }] });
  expect(post(document)).toMatchObject({ operationId: 'eteOrders2nd' });
  expect(post(described([], '123'))).toMatchObject({ operationId: 'run123' });
});

test('F59 it describes what the flow takes, by example or by the component’s form, and nothing where it takes nothing', () => {
  const given = requestOf(described([raw({ orderId: 1, lines: [{ sku: 'x', paid: true }] })]));
  expect(given).toMatchObject({ required: ['input'], properties: { input: { properties: { orderId: { type: ['integer', 'null'] }, lines: { items: { properties: { sku: { type: ['string', 'null'] } } } } } } } });
  expect(shapeMismatch(given, { input: { orderId: 5, lines: [{ sku: 'y', paid: null }] }, waitSeconds: 10 })).toBeNull();
  expect(shapeMismatch(given, { input: { orderId: 'five' } })?.path).toBe('input.orderId');
  expect(shapeMismatch(given, { waitSeconds: 10 })?.path).toBe('input');
  expect(at(requestOf(described([{ id: 'in', type: 'get-action-model' }])), 'properties', 'input', 'properties', 'data', 'properties')).toMatchObject({ user_name: { type: ['string', 'null'] } });
  const none = requestOf(described([{ id: 'in', type: 'get-empty-model' }]));
  expect(isJsonObject(none) && [none['required'], at(none, 'properties', 'input')]).toEqual([undefined, null]);
});

test('F59 it describes what the flow answers: one, a list, one of several, or nothing', () => {
  const one = answerOf(described([raw({ a: 1 }), { id: 'out', type: 'write-response', sources: { source: 'in' } }]));
  expect(at(one, 'properties', 'output')).toMatchObject({ anyOf: [{ properties: { a: { type: ['integer', 'null'] } } }, { type: 'null' }] });
  const many = answerOf(described([raw({ rows: [{ n: 1 }] }), { id: 'rows', type: 'extract-collection', sources: { source: 'in' }, params: { modelPath: 'rows' } }, { id: 'out', type: 'write-response', sources: { source: 'rows' } }]));
  expect(at(many, 'properties', 'output')).toMatchObject({ type: ['array', 'null'], items: { type: 'object' } });
  expect(shapeMismatch(many, { runId: 'r', status: 'succeeded', output: [{ n: 1 }], warnings: 0 })).toBeNull();
  expect(at(answerOf(described([raw({ a: 1 })])), 'properties', 'output')).toEqual({ type: 'null' });
  const off = answerOf(described([raw({ a: 1 }), { id: 'out', type: 'write-response', sources: { source: 'in' }, disabled: true }]));
  expect(at(off, 'properties', 'output')).toEqual({ type: 'null' });
});

test('F59 the document can be imported as an endpoint here or elsewhere', () => {
  const preview = importOpenApi(described([raw({ orderId: 1 }), { id: 'out', type: 'write-response', sources: { source: 'in' } }]));
  expect(preview).toMatchObject({ title: 'Été: orders, 2nd', server: 'https://millrace.example/api/v1', skipped: [], endpoints: [{ key: 'POST /flows/flw_1/runs', path: '/flows/flw_1/runs', bodyKind: 'json' }] });
});
