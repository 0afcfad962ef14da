import { expect, test } from 'vitest';
import { isTimeZone, nextTimes, readCron } from './cron';

const now = new Date('2026-03-28T12:00:00Z');

function times(expression: string, zone: string, after: string, count = 3): string[] {
  const reading = readCron(expression, zone, now);
  if (!reading.ok) throw new Error(reading.text.en);
  return nextTimes(reading, new Date(after), count).map((each) => each.toISOString().slice(0, 16));
}

test('the next three times are those of the zone', () => {
  expect(times('0 7 * * 1-5', 'Europe/Paris', '2026-01-02T08:00:00Z')).toEqual(['2026-01-05T06:00', '2026-01-06T06:00', '2026-01-07T06:00']);
  expect(times('0 7 * * 1-5', 'America/New_York', '2026-01-02T08:00:00Z')).toEqual(['2026-01-02T12:00', '2026-01-05T12:00', '2026-01-06T12:00']);
  expect(times('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
  expect(times('0 9 L * *', 'UTC', '2026-02-01T00:00:00Z', 2)).toEqual(['2026-02-28T09:00', '2026-03-31T09:00']);
  expect(times('0 0 13 * FRI', 'UTC', '2026-02-01T00:00:00Z')).toEqual(['2026-02-06T00:00', '2026-02-13T00:00', '2026-02-20T00:00']); // day of month or of week, as cron always meant it
});

test('when clocks go forward, a time that does not exist fires once, when it would have been', () => {
  expect(times('30 2 * * *', 'Europe/Paris', '2026-03-28T12:00:00Z')).toEqual(['2026-03-29T01:00', '2026-03-30T00:30', '2026-03-31T00:30']);
  expect(times('*/30 * * * *', 'Europe/Paris', '2026-03-29T00:10:00Z')).toEqual(['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30']);
});

test('when clocks go back, a fixed time fires once and an interval goes on through both hours', () => {
  expect(times('30 2 * * *', 'Europe/Paris', '2026-10-24T12:00:00Z')).toEqual(['2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30']);
  expect(times('0 * * * *', 'Europe/Paris', '2026-10-24T23:00:00Z')).toEqual(['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00']);
});

test.each([
  ['0 0 31 2 *', 'never fires'], ['0 0 30 2 *', 'never fires'], ['', '1 field'], ['* * * *', '4 fields'], ['0 * * * * *', '6 fields'], ['@daily', '1 field'], ['61 * * * *', 'not a cron expression'],
  ['*/0 * * * *', 'not a cron expression'], ['5-1 * * * *', 'not a cron expression'], ['? * * * *', 'not a field'], ['a b c d e', 'not a cron expression'], ['0 0 * * 8', 'not a cron expression'], ['1 2 3 4 é', 'not a field'], ['0 0 * * *;drop', 'not a field'],
])('"%s" is refused: %s', (expression, reason) => {
  const reading = readCron(expression, 'UTC', now);
  expect(reading.ok ? 'accepted' : reading.text.en).toContain(reason);
});

test('an unknown time zone is refused by name', () => {
  const reading = readCron('0 0 * * *', 'Mars/Phobos', now);
  expect(reading.ok ? '' : reading.text.fr).toContain('« Mars/Phobos » n’est pas un fuseau horaire');
  expect([isTimeZone('Europe/Paris'), isTimeZone('UTC'), isTimeZone('Nowhere')]).toEqual([true, true, false]);
});

test('what will come is found within milliseconds, whatever is asked', () => {
  const began = performance.now();
  for (const expression of ['0 0 31 2 *', '59 23 31 12 7', '0 0 29 2 1#5', '* * * * *']) readCron(expression, 'Pacific/Apia', now);
  expect(performance.now() - began).toBeLessThan(1_000);
});
