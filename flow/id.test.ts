import { expect, test } from 'vitest';
import { newRunId } from './id';

test('the ids of runs are different UUIDv7 that sort by their time', () => {
  const ids = Array.from({ length: 2_000 }, (_, at) => newRunId(1_764_000_000_000 + at));
  expect(new Set(ids.map((id) => id.slice(14))).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids.map((id) => id[19])).size).toBe(4);
  expect(newRunId(0xfedc_ba98_7654)).toMatch(/^fedcba98-7654-7/);
});
