import { expect, test } from 'vitest';
import { requestOf, type GivenParameter } from './endpoint-request';
import { FailureError } from './failure';
import { baseAddress, pathTemplate, type CallMethod, type EndpointDefinition } from './integration';

const things: Pick<EndpointDefinition, 'path' | 'parameters' | 'bodyKind'> = { path: '/things', parameters: [], bodyKind: 'json' };
const of = (endpoint: Partial<typeof things>, given: GivenParameter[], method: CallMethod = 'Get') => requestOf({ ...things, ...endpoint }, method, given);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
}

test('path values are encoded, arrays repeat their key, null optional parameters are left out', () => {
  expect(of({ path: '/a/{id}/b' }, [{ target: 'path.id', value: 'x/y?z#é' }, { target: 'query.t', value: ['a b', 1, null] }, { target: 'query.none', value: null }, { target: 'header.X-N', value: null }, { target: 'header.X-L', value: ['a', 2] }])).toEqual({
    path: '/a/x%2Fy%3Fz%23%C3%A9/b', query: [['t', 'a%20b'], ['t', '1']], headers: [['X-L', 'a, 2']], body: null,
  });
});

test('declared parameters take bare names, defaults and types; null is sent in a body', () => {
  const parameters: EndpointDefinition['parameters'] = [{ name: 'page', in: 'query', type: 'integer', default: 1 }, { name: 'note', in: 'body', type: 'string' }];
  expect(of({ parameters }, [{ target: 'page', value: '7' }]).query).toEqual([['page', '7']]);
  expect(of({ parameters }, []).query).toEqual([['page', '1']]);
  expect(of({ parameters }, [{ target: 'note', value: null }], 'Post').body).toEqual({ kind: 'json', value: { note: null } });
});

test.each<[string, string, () => unknown]>([
  ['an unknown bare name', 'PARAM_INVALID', () => of({}, [{ target: 'q', value: 1 }])], ['two dots in the path', 'PARAM_INVALID', () => of({ path: '/{a}/{b}' }, [{ target: 'path.a', value: '..' }, { target: 'path.b', value: 'x' }])],
  ['two dots made of two', 'PARAM_INVALID', () => of({ path: '/{a}{b}' }, [{ target: 'path.a', value: '.' }, { target: 'path.b', value: '.' }])], ['a missing path parameter', 'PARAM_INVALID', () => of({ path: '/{a}' }, [])],
  ['a line break in a header', 'PARAM_INVALID', () => of({}, [{ target: 'header.X', value: 'a\r\nb' }])], ['a header that is the client’s own', 'PARAM_INVALID', () => of({}, [{ target: 'header.Host', value: 'x' }])],
  ['a header that is no name', 'PARAM_INVALID', () => of({}, [{ target: 'header.a b', value: 'x' }])], ['a header of 10,000 characters', 'PARAM_INVALID', () => of({}, [{ target: 'header.X', value: 'x'.repeat(10_000) }])],
  ['an object in the query', 'TYPE_MISMATCH', () => of({}, [{ target: 'query.q', value: {} }])], ['a required one without a value', 'PARAM_REQUIRED', () => of({ parameters: [{ name: 'q', in: 'query', required: true }] }, [])],
  ['a list as a form', 'TYPE_MISMATCH', () => of({ bodyKind: 'form' }, [{ target: 'body', value: [1] }], 'Post')],
])('%s is refused: %s', (_title, code, work) => {
  expect(codeOf(work)).toBe(code);
});

test('addresses and path templates that would lead elsewhere are refused', () => {
  for (const bad of ['ftp://x/', 'http://u:p@x/', 'http://x/?a', 'http://x/#a', 'http://x y/', 'http://x\\y', 'http://x/\n', '//x', 'x', `http://x/${'y'.repeat(3_000)}`]) expect(baseAddress.safeParse(bad).success, bad).toBe(false);
  for (const bad of ['a', '', '/a b', '/a?b', '/a#b', '/../x', '/a/./b', '/{a', '/a}', '/{}', '/{a b}', '/\\x', `/${'x'.repeat(2_000)}`, '/\u0000']) expect(pathTemplate.safeParse(bad).success, bad).toBe(false);
  for (const good of ['/', '/a/{id}', '/a.b/{x}.json', '/{a}{b}/c']) expect(pathTemplate.safeParse(good).success, good).toBe(true);
});
