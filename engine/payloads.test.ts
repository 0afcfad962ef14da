import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestRun } from '#db/runs';
import { codeOf } from '#db/testing-result';
import type { Json } from '#flow/json';
import { aStep, chain, engineTest, type EngineTest } from './testing';

/** Inputs of every size, up to beyond what is allowed. `MILLRACE_LONG=1` adds those of many megabytes. */
const sizes = [1, 100, 10_000, 1_000_000, 4_500_000, ...(process.env['MILLRACE_LONG'] ? [16_000_000, 49_000_000] : [])];
const tooLarge = [50_000_001, 64_000_000];
let t: EngineTest;
beforeAll(async () => {
  t = await engineTest();
  await t.start();
});
afterAll(async () => t.close());

test.each(sizes)('R30 an input of %i bytes goes through a run whole, or the run says which limit it broke', async (size) => {
  const flow = await t.insertFlow([...chain(2), aStep('out', 'write-response', {}, 's2')]);
  const text = 'x'.repeat(Math.max(0, size - 8));
  const run = await t.finished(await t.run(flow, { input: { v: text } }), 120);
  if (size <= 5_000_000) expect([run.status, run.output]).toEqual(['succeeded', { v: text }]);
  else expect([run.status, run.error?.code]).toEqual(['failed', 'LIMIT_EXCEEDED']);
}, 180_000);

test.each(tooLarge)('R30 an input of %i bytes is refused, and leaves nothing behind', async (size) => {
  const flow = await t.insertFlow(chain(1));
  expect(codeOf(await requestRun(t.database, t.access, flow, { input: { v: 'x'.repeat(size - 8) } }))).toBe('TOO_LARGE');
  expect(await t.database.sql`select 1 from runs where flow_id = ${flow}`).toHaveLength(0);
}, 180_000);

test('R30 an input of 63 levels goes through, one of 65 is refused; NUL and half characters go through as what can be shown of them', async () => {
  const flow = await t.insertFlow([...chain(1), aStep('out', 'write-response', {}, 's1')]);
  const nested = (levels: number): Json => (levels === 1 ? { v: 1 } : { v: nested(levels - 1) });
  expect(await t.finished(await t.run(flow, { input: nested(63) }))).toMatchObject({ status: 'succeeded', output: nested(63) });
  expect(codeOf(await requestRun(t.database, t.access, flow, { input: nested(65) }))).toBe('PARAM_INVALID');
  const odd = { nul: 'a\u0000b', half: 'a\ud800b', whole: '😀', name: { '\u0000': 1 } };
  const run = await t.finished(await t.run(flow, { input: odd }));
  expect(run).toMatchObject({ status: 'succeeded', output: odd });
});
