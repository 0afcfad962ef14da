import postgres from 'postgres';
import { expect, test } from 'vitest';
import { backoff } from './reconnect';
import { isRefused, isUnreachable } from './refused';

const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const answered = (code: string) => coded(code, { severity_local: 'ERROR' });
const wrapped = (error: Error) => new Error('Failed query: select 1', { cause: error });

test('R98 what PostgreSQL answered is a refusal; its being away, stopping or starting is nobody’s fault', () => {
  for (const code of ['23505', '22P05', '40P01', '42703']) expect([code, isRefused(answered(code)), isUnreachable(answered(code))]).toEqual([code, true, false]);
  for (const code of ['57P01', '57P03', '08006']) expect([code, isRefused(answered(code)), isUnreachable(answered(code))]).toEqual([code, false, true]);
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT']) expect([code, isRefused(coded(code)), isUnreachable(coded(code))]).toEqual([code, false, true]);
  expect([isUnreachable(wrapped(coded('ECONNRESET'))), isRefused(wrapped(answered('23505')))]).toEqual([true, true]);
  for (const other of [new Error('not a type of event this version knows'), 'text', null, undefined]) expect([isRefused(other), isUnreachable(other)]).toEqual([false, false]);
});

test('R98 a real refused connection is told as such, and the next attempt waits half a second at most', async () => {
  const nobody = postgres('postgres://nobody@127.0.0.1:1/none', { max: 1, backoff });
  const error = await nobody`select 1`.then(() => null, (reason: unknown) => reason);
  expect(isUnreachable(error)).toBe(true);
  await nobody.end();
  for (let attempt = 0; attempt < 2_000; attempt++) expect(backoff(attempt)).toBeLessThanOrEqual(0.5);
  expect(backoff(1)).toBeGreaterThan(0);
});
