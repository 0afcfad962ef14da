import { describe, expect, test } from 'vitest';
import { FailureError } from './failure';
import type { Json } from './json';
import { importOpenApi } from './openapi-import';
import { longestDocument, parseDocumentText } from './openapi-text';

const read = (document: string) => importOpenApi(parseDocumentText(document));
const doc = (paths: Json, components: Json = {}): string => JSON.stringify({ openapi: '3.0.3', info: { title: 'Shop' }, servers: [{ url: 'https://shop.example.com/v1/' }], paths, components });

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
}

const yaml = `
openapi: 3.1.0
info: { title: Weather }
paths:
  /weather/{station}:
    parameters:
      - { name: station, in: path, required: true, schema: { type: integer } }
    get:
      summary: Weather of a station
      parameters:
        - $ref: '#/components/parameters/Day'
        - { name: Authorization, in: header, schema: { type: string } }
      responses:
        '200': { content: { application/json: { schema: { $ref: '#/components/schemas/Weather' } } } }
    patch: { summary: Not for steps }
components:
  parameters:
    Day: { name: day, in: query, schema: { type: string, format: date, default: '2012-01-01' } }
  schemas:
    Weather: { type: object, required: [temp], properties: { temp: { type: number }, before: { $ref: '#/components/schemas/Weather' } } }
`;

describe('an OpenAPI document', () => {
  test('gives one endpoint per path and method, with its parameters and the shape of its answer', () => {
    expect(read(yaml)).toEqual({
      title: 'Weather', server: null, skipped: [{ key: 'PATCH /weather/{station}', reason: 'method' }],
      endpoints: [{
        key: 'GET /weather/{station}', name: 'Weather of a station', path: '/weather/{station}', methods: ['Get'], idempotent: false, bodyKind: 'json',
        parameters: [{ name: 'station', in: 'path', type: 'integer', required: true }, { name: 'day', in: 'query', type: 'date', default: '2012-01-01' }],
        responseSchema: { type: 'object', required: ['temp'], properties: { temp: { type: 'number' }, before: { type: 'object' } } },
      }],
    });
  });

  test('gives body parameters by property, the whole body where it is no object, and the kind of body', () => {
    const body = (type: string, schema: Json) => ({ post: { requestBody: { required: true, content: { [type]: { schema } } } } });
    const { endpoints, server } = read(doc({
      '/a': body('application/json', { allOf: [{ type: 'object', required: ['x'], properties: { x: { type: 'integer' } } }, { $ref: '#/components/schemas/B' }] }),
      '/b': body('application/x-www-form-urlencoded', { type: 'object', properties: { f: { type: 'string' } } }), '/c': body('application/json', { type: 'array', items: {} }), '/d': body('multipart/form-data', { type: 'object', properties: { file: {} } }),
    }, { schemas: { B: { type: 'object', properties: { y: { type: 'string' } } } } }));
    expect(server).toBe('https://shop.example.com/v1');
    expect(endpoints.map((each) => [each.path, each.bodyKind, each.parameters])).toEqual([
      ['/a', 'json', [{ name: 'x', in: 'body', type: 'integer', required: true }, { name: 'y', in: 'body', type: 'string' }]], ['/b', 'form', [{ name: 'f', in: 'body', type: 'string' }]],
      ['/c', 'json', [{ name: '', in: 'body', required: true }]], ['/d', 'multipart', [{ name: 'file', in: 'body' }]],
    ]);
  });

  test.each<[string, string, () => unknown]>([
    ['is empty', 'PARSE_ERROR', () => read('  ')], ['is broken JSON', 'PARSE_ERROR', () => read('{"openapi":')], ['is broken YAML', 'PARSE_ERROR', () => read('a: [b\n c: d')],
    ['is YAML that holds itself', 'PARSE_ERROR', () => read('a: &a\n  b: *a')], ['is a bomb of aliases', 'PARSE_ERROR', () => read(`a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]`)],
    ['is Swagger 2', 'VALIDATION_FAILED', () => read('{"swagger":"2.0","paths":{}}')], ['is a list', 'VALIDATION_FAILED', () => read('[]')], ['has no paths', 'VALIDATION_FAILED', () => read('{"openapi":"3.0.0"}')],
    ['is huge', 'TOO_LARGE', () => read(' '.repeat(longestDocument + 1))],
    ['has too many operations', 'VALIDATION_FAILED', () => read(doc(Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`/p${n}`, { get: {} }]))))],
    ['has a reference to itself', 'VALIDATION_FAILED', () => read(doc({ '/a': { get: { parameters: [{ $ref: '#/components/parameters/A' }] } } }, { parameters: { A: { $ref: '#/components/parameters/A' } } }))],
    ['has references in a circle', 'VALIDATION_FAILED', () => read(doc({ '/a': { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } } } } }, { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }))],
    ['refers out of itself', 'VALIDATION_FAILED', () => read(doc({ '/a': { get: { parameters: [{ $ref: 'http://evil.example/x.json' }] } } }))], ['refers to nothing', 'VALIDATION_FAILED', () => read(doc({ '/a': { $ref: '#/components/nothing' } }))],
    ['unfolds without end', 'VALIDATION_FAILED', () => read(doc({ '/a': { get: { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } } } } }, { schemas: Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`S${n}`, { type: 'object', properties: Object.fromEntries(Array.from({ length: 12 }, (_each, m) => [`p${m}`, { $ref: `#/components/schemas/S${(n + 1) % 12}` }])) }])) }))],
  ])('that %s is refused: %s', (_title, code, work) => {
    expect(codeOf(work)).toBe(code);
  });

  test('paths that no step can call are left out, and hostile names harm nobody', () => {
    const { endpoints, skipped } = read(doc({ 'no slash': { get: {} }, '/a b': { get: {} }, '/x/../y': { get: {} }, '/ok': { get: { parameters: [{ name: 'X\r\nY', in: 'header' }, { name: 'Host', in: 'header' }, null, 7, { name: '__proto__', in: 'query' }] } } }));
    expect(skipped.map((each) => each.reason)).toEqual(['path', 'path', 'path']);
    expect(endpoints[0]?.parameters).toEqual([{ name: '__proto__', in: 'query' }]);
  });
});
