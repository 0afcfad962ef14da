import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptKey, forgetSignInFailures, recordSignInFailure, signInPauseMs } from './sign-in-attempts';
import { createTestDatabase, type TestDatabase } from './testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const start = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(start + seconds * 1_000);
const fails = async (key: string, times: number, now: Date) => {
  for (let time = 0; time < times; time++) await recordSignInFailure(database.db, key, now);
};

test('four failures pause nothing, from the fifth on each doubles the pause up to a quarter of an hour', async () => {
  const key = attemptKey('Ana@Example.com ', '10.0.0.1');
  await fails(key, 4, at(0));
  const pauses = [await signInPauseMs(database.db, key, at(0))];
  for (let more = 0; more < 8; more++) {
    await fails(key, 1, at(0));
    pauses.push((await signInPauseMs(database.db, key, at(0))) / 1_000);
  }
  expect(pauses).toEqual([0, 30, 60, 120, 240, 480, 900, 900, 900]);
  expect(await signInPauseMs(database.db, key, at(899))).toBe(1_000);
  expect(await signInPauseMs(database.db, key, at(901))).toBe(0);
});

test('the account is one whatever its letters, another address is another count', async () => {
  expect(attemptKey(' ANA@example.com', 'x')).toBe(attemptKey('ana@example.com', 'x'));
  const here = attemptKey('bo@example.com', '10.0.0.1');
  await fails(here, 6, at(0));
  expect(await signInPauseMs(database.db, attemptKey('bo@example.com', '10.0.0.2'), at(0))).toBe(0);
});

test('a sign-in that works forgets them, and so does a day without one', async () => {
  const key = attemptKey('cy@example.com', '');
  await fails(key, 6, at(0));
  await forgetSignInFailures(database.db, key);
  expect(await signInPauseMs(database.db, key, at(1))).toBe(0);
  await fails(key, 4, at(0));
  await fails(key, 1, at(25 * 3_600));
  expect(await signInPauseMs(database.db, key, at(25 * 3_600))).toBe(0);
});

test('failures at once are all counted', async () => {
  const key = attemptKey('di@example.com', '');
  await Promise.all(Array.from({ length: 6 }, () => recordSignInFailure(database.db, key, at(0))));
  expect(await signInPauseMs(database.db, key, at(0))).toBeGreaterThan(0);
});
