import { expect, test } from 'vitest';
import { safeNext } from './safe-next';

test('after signing in one goes to a page of ours', () => {
  expect(safeNext('/runs?status=failed')).toBe('/runs?status=failed');
  expect(safeNext(undefined)).toBe('/');
});

test('after signing in one never goes to another site', () => {
  for (const given of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', 'runs', '']) expect(safeNext(given), given).toMatch(/^\/(?!\/)/);
  expect(safeNext('/\t/evil.example')).toBe('/');
});
