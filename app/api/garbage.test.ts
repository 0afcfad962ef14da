import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { codesOf, openApi } from './_openapi';
import type { Operation } from './_operations/operation';
import { table } from './_operations/table';
import { faultsOf, misasked, operationsOf } from './_testing/document';
import { mutants, queryRubbish } from './_testing/rubbish';
import { samplesOf, type Sample } from './_testing/samples';
import { createWorld, sendTo, type World } from './_testing/world';

/**
 * Every value of every good request replaced by every kind of rubbish, one at a time: refused by a documented code,
 * never a bug. What was taken is what the OpenAPI document describes, and so is every answer.
 */
const document = openApi('en');
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

// Acts that would end the owner's own membership, session or workspace are left to the role matrix.
const apart = new Set(['chooseWorkspace', 'createWorkspace', 'replaceDefinition', 'patchFlow', 'acceptInvitation', 'uploadFile']);
const shapeOf = (query: Operation['query']) => (query && 'shape' in query && typeof query.shape === 'object' ? Object.keys(query.shape ?? {}) : []);
// `limit` and `cursor` are the role matrix's, too.
const asksMore = (each: Operation) => each.body !== undefined || shapeOf(each.query).some((key) => key !== 'limit' && key !== 'cursor');
const names = Object.entries<Operation>(table).filter(([name, each]) => asksMore(each) && !apart.has(name));

test.each(names)('%s survives rubbish', async (name, operation) => {
  const described = operationsOf(document).find((each) => each.operationId === name);
  if (!described) throw new Error(`the document has no ${name}`);
  const noise = vi.spyOn(console, 'error').mockClear();
  const samples: Record<string, () => Promise<Sample>> = samplesOf(world);
  const sample = (await samples[name]?.()) ?? {};
  const bodies = operation.body ? [...mutants(sample.body)].map((body) => ({ ...sample, body })) : [];
  const queries = shapeOf(operation.query).flatMap((key) => queryRubbish.map((value) => ({ ...sample, query: { [key]: value } })));
  const asked = [...bodies, ...queries];
  await inEights(asked, async (each) => {
    const reply = await sendTo(operation, world.cookies.owner, each);
    const shown = `${JSON.stringify(each.query ?? each.body)?.slice(0, 300)} → ${reply.status}`;
    const [type, body] = [reply.headers.get('content-type')?.split(';')[0] ?? null, await reply.json()];
    expect(reply.status, shown).toBeLessThan(500);
    expect(faultsOf(document, described, { status: reply.status, type, body }), `${shown} ${JSON.stringify(body)}`).toEqual([]);
    const misfit = misasked(document, described, each);
    if (misfit.length > 0) expect(reply.status, `${shown}: ${misfit.join('; ')}`).toBeGreaterThanOrEqual(400);
    if (reply.status >= 400) expect(codesOf(operation), `${shown} ${JSON.stringify(body)}`).toContain(body.error.code);
  });
  expect(asked.length).toBeGreaterThan(20);
  expect(noise).not.toHaveBeenCalled();
});

async function inEights<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 8) await Promise.all(items.slice(at, at + 8).map(work));
}
