import { expect, test } from 'vitest';
import { RateLimit } from './_rate-limit';

test('a burst passes, then as many as the rate allows, each key for itself', () => {
  const limit = new RateLimit({ burst: 3, perSecond: 2 });
  expect([0, 0, 0, 0].map((at) => limit.waitMs('a', at))).toEqual([0, 0, 0, 500]);
  expect(limit.waitMs('b', 0)).toBe(0);
  expect(limit.waitMs('a', 400)).toBe(100);
  expect(limit.waitMs('a', 500)).toBe(0);
  expect(limit.waitMs('a', 500)).toBe(500);
  expect([10_000, 10_000, 10_000, 10_000].map((at) => limit.waitMs('a', at))).toEqual([0, 0, 0, 500]);
});

test('it forgets who has been quiet, so that many addresses do not fill the memory', () => {
  const limit = new RateLimit({ burst: 2, perSecond: 1 }, 100);
  for (let at = 0; at < 1_000; at++) limit.waitMs(`address ${at}`, at * 50);
  expect(limit.size).toBeLessThanOrEqual(101);
});
