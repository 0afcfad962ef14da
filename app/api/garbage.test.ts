import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { codesOf } from './_openapi';
import type { Operation } from './_operations/operation';
import { table } from './_operations/table';
import { samplesOf, type Sample } from './_testing/samples';
import { createWorld, sendTo, type World } from './_testing/world';

/** Every value of every good request replaced by every kind of rubbish, one at a time: refused by a documented code, never a bug. */
const rubbish: unknown[] = [
  null, true, 0, -1, 1.5, 1e300, 2_147_483_648, '', ' ', 'x'.repeat(10_001), 'é\u202e😀', "'; drop table runs; --", '%', '\\', '2026-02-30', '2026-01-01T25:00:00Z', '00000000-0000-0000-0000-000000000000',
  [], {}, [[[]]], { $ne: null }, { id: { id: 1 } }, ['a', 1, null], { 'a.b[0]': 1, '': 2, constructor: 3 },
];
const queryRubbish = ['', ' ', '-1', '1e99', 'NaN', 'x'.repeat(10_001), '%', '\\', "'", '[]', '{}', '{"all":[{"field":"nothing","operator":"equal","value":{"const":1}}]}', '{"all":[{"field":"id","operator":"in","value":{"const":"x"}}]}',
  '{"any":[{"field":"data.title","operator":"greater","value":{"const":{}}}]}', '{"all":[{"field":"createdDate","operator":"less","value":{"const":"2026-02-30"}}]}', '-,,+', 'data.title,-id', '2026-02-30', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'W10', 'bnVsbA'];

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Copies of `value` with one place each replaced, or one key added. */
function* mutants(value: unknown): Generator<unknown> {
  yield* rubbish;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) for (const other of mutants(each)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) for (const other of mutants(each)) yield { ...value, [key]: other };
  }
}

// Acts that would end the owner's own membership, session or workspace are left to the role matrix.
const apart = new Set(['chooseWorkspace', 'createWorkspace', 'replaceDefinition', 'patchFlow', 'acceptInvitation', 'uploadFile']);
const shapeOf = (query: Operation['query']) => (query && 'shape' in query && typeof query.shape === 'object' ? Object.keys(query.shape ?? {}) : []);
// `limit` and `cursor` are the role matrix's, too.
const asksMore = (each: Operation) => each.body !== undefined || shapeOf(each.query).some((key) => key !== 'limit' && key !== 'cursor');
const names = Object.entries<Operation>(table).filter(([name, each]) => asksMore(each) && !apart.has(name));

test.each(names)('%s survives rubbish', async (name, operation) => {
  const noise = vi.spyOn(console, 'error').mockClear();
  const samples: Record<string, () => Promise<Sample>> = samplesOf(world);
  const sample = (await samples[name]?.()) ?? {};
  const bodies = operation.body ? [...mutants(sample.body)].map((body) => ({ ...sample, body })) : [];
  const queries = shapeOf(operation.query).flatMap((key) => queryRubbish.map((value) => ({ ...sample, query: { [key]: value } })));
  const asked = [...bodies, ...queries];
  await inEights(asked, async (each) => {
    const reply = await sendTo(operation, world.cookies.owner, each);
    const shown = `${JSON.stringify(each.query ?? each.body)?.slice(0, 300)} → ${reply.status}`;
    expect(reply.status, shown).toBeLessThan(500);
    if (reply.status < 400) return;
    const { error } = await reply.json();
    expect(codesOf(operation), `${shown} ${JSON.stringify(error)}`).toContain(error.code);
  });
  expect(asked.length).toBeGreaterThan(20);
  expect(noise).not.toHaveBeenCalled();
});

async function inEights<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 8) await Promise.all(items.slice(at, at + 8).map(work));
}
