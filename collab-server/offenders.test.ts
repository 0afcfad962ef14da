import { expect, test } from 'vitest';
import { Offenders } from './offenders';

test('C30 who offends is let in later with each offence, by a second at most; a few cost nothing, one a second is forgiven, others never wait', () => {
  let nowMs = 0;
  const offenders = new Offenders(() => nowMs);
  const waits = Array.from({ length: 8 }, () => {
    offenders.note('mal');
    return offenders.waitMs('mal');
  });
  expect(waits).toEqual([0, 0, 0, 0, 0, 20, 40, 60]);
  for (let times = 0; times < 100; times++) offenders.note('mal');
  expect(offenders.waitMs('mal')).toBe(1_000);
  expect(offenders.waitMs('ana')).toBe(0);
  nowMs = 100_000;
  expect(offenders.waitMs('mal')).toBe(60);
  nowMs = 103_000;
  expect(offenders.waitMs('mal')).toBe(0);
});

test('C30 those who were forgiven are forgotten, those who were not stay known', () => {
  let nowMs = 0;
  const offenders = new Offenders(() => nowMs);
  for (let at = 0; at < 10_000; at++) offenders.note(`old ${at}`);
  nowMs = 2_000;
  for (let times = 0; times < 9; times++) offenders.note('mal');
  expect(offenders.waitMs('mal')).toBe(80);
  expect(Reflect.get(offenders, 'offences')).toHaveProperty('size', 1);
});
