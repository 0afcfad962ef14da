import { afterAll, beforeAll, expect, test } from 'vitest';
import { listRuns } from '#db/runs';
import { got } from '#db/testing-result';
import type { Json } from '#flow/json';
import { consume, type Message, type Subscription } from './messages';
import { aStep, engineTest, type EngineTest } from './testing';

/** A broker in memory that delivers at least once, as brokers do: what is not acknowledged comes again. */
let at: EngineTest;
let subscription: Subscription;
beforeAll(async () => {
  at = await engineTest();
  const flowId = await at.insertFlow([aStep('s1', 'get-raw-model', { model: '{}' }), aStep('s2', 'write-response', {}, 's1')]);
  subscription = { id: 'sub_1', workspaceId: at.access.workspaceId, flowId, queueName: 'orders', runAs: null };
});
afterAll(() => at.close());

function broker(bodies: Record<string, Json>, losesAcknowledgement: (id: string, delivery: number) => boolean = () => false) {
  const queue = Object.entries(bodies);
  const [acknowledged, refused]: [string[], string[]] = [[], []];
  const deliveries = new Map<string, number>();
  async function* messages(): AsyncGenerator<Message> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [id, body] = next;
      const delivery = (deliveries.get(id) ?? 0) + 1;
      deliveries.set(id, delivery);
      yield {
        id, body,
        acknowledge: async () => void (losesAcknowledgement(id, delivery) ? queue.push([id, body]) : acknowledged.push(id)),
        refuse: async (failure) => void refused.push(`${id} ${failure.code}`),
      };
    }
  }
  return { messages: messages(), acknowledged, refused, deliveries };
}

const runs = async () => got(await listRuns(at.database, at.access, { limit: 200, trigger: 'message' })).items;

test('R85 each message is one run, however often it is delivered, and is acknowledged once its run is in the log', async () => {
  const bodies = Object.fromEntries(Array.from({ length: 20 }, (_, index): [string, Json] => [`m${index}`, { order: index }]));
  const source = broker(bodies, (id, delivery) => delivery <= Number(id.slice(1)) % 4);
  await consume(at.database, subscription, source.messages);
  expect([...source.deliveries.values()].reduce((sum, each) => sum + each, 0)).toBe(50);
  expect(source.acknowledged).toHaveLength(20);
  const made = await runs();
  expect(made).toHaveLength(20);
  expect(made[0]).toMatchObject({ trigger: 'message', triggerName: 'orders', startedBy: { id: null } });
  await at.start();
  const answers = await Promise.all(made.map(async (run) => (await at.finished(run.id)).output));
  expect(answers.map((answer) => JSON.stringify(answer)).toSorted()).toEqual(Object.values(bodies).map((body) => JSON.stringify(body)).toSorted());
});

test('R85 a message that cannot run is handed back with its reason and holds up no other', async () => {
  const source = broker({ odd: { order: 1 }, bad: { order: 2 } });
  await consume(at.database, { ...subscription, flowId: 'flw_gone' }, source.messages);
  expect(source.refused).toEqual(['odd FLOW_NOT_FOUND', 'bad FLOW_NOT_FOUND']);
  const left = broker({ m: null });
  await consume(at.database, { ...subscription, runAs: 'usr_left' }, left.messages);
  expect(left.refused).toEqual(['m MEMBER_NOT_FOUND']);
  const reused = broker({ m1: { order: 'another body under an old id' } });
  await consume(at.database, subscription, reused.messages);
  expect(reused.refused).toEqual(['m1 IDEMPOTENCY_CONFLICT']);
});
