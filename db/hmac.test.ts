import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonical, hashEvent, storableJson } from './event-hash';
import { deriveKey, readEnv } from './env';
import { hmacSha256 } from './hmac';

process.env['SECRET_KEY'] ??= 'a secret of the tests, long enough to be one';

describe('hashes of the log', () => {
  test('R3 are HMAC-SHA256, whatever the key and the text', () => {
    for (const size of [0, 1, 32, 63, 64]) {
      const key = randomBytes(size);
      const sign = hmacSha256(key);
      for (const text of ['', 'a', 'é€𝄞'.repeat(50), 'x'.repeat(16_385), '€'.repeat(100_000), 'short again']) expect(sign(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
    expect(() => hmacSha256(randomBytes(65))).toThrow('65 bytes');
  });

  test('R3 do not depend on the order of keys, nor on whether the text of the data is at hand', () => {
    const row = { runId: '0198-x"', seq: 3, type: 'step.succeeded', version: 1, stepId: 'é"\\', attempt: 1, iteration: null, fence: 2, at: '2026-11-27T12:00:00.000Z', blob: 'ab' };
    const written = (data: { [key: string]: unknown }) => createHmac('sha256', deriveKey(readEnv().secretKey, 'run-events'))
      .update(`before\n${canonical([row.runId, row.seq, row.type, row.version, row.stepId, row.attempt, row.iteration, row.fence, row.at, JSON.parse(JSON.stringify(data)), row.blob])}`).digest('hex');
    for (const data of [{}, { a: 1, b: [{ d: 1, c: 2 }] }, { b: 1, a: 2 }, { a: { '10': 1, '9': 2 } }, { a: undefined, b: null }, { a: 'é\u2028"', b: 1e21, c: -0 }]) {
      const json = JSON.stringify(data);
      const stored = storableJson(JSON.parse(json));
      expect(hashEvent('before', { ...row, data: stored })).toBe(written(data));
      expect(hashEvent('before', { ...row, data: stored }, json)).toBe(written(data));
    }
  });
});
