import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import type { TaskState } from '../../capabilities';
import type { WorkflowOutcome } from '../../define-step';
import { failureOf, sampleComponent, workflow, world, type World } from '../../testing';
import { getUserConfirmation } from './get-user-confirmation';

const model = { id: 4, name: 'Two monitors', updateDate: '2026-01-01T00:00:00.000Z', data: { user_name: 'Ana', state: 0, price: 1240, paid: true, note: null } };
const entry = { ...model, createdDate: null, creatorSubject: null, changeAuthor: null };
const asks = { confirmationField: 'paid', userInfoField: 'car', message: 'Approve {{price}} € for {{name}}?' };
const who = { ...model, data: { ...model.data, car: [{ id: 'usr_2', name: 'Bo' }, { id: 'usr_1', name: 'Ana' }] } };

async function run(params: JsonObject, at: World, given: JsonObject = who): Promise<WorkflowOutcome> {
  const prepared = workflow(getUserConfirmation).prepare(params);
  if (!prepared.ok) throw new Error(prepared.issues[0]?.message);
  return prepared.plan.run({ model: given, loaded: given }, at.use);
}
function settle(at: World, id: string, change: Partial<TaskState>): void {
  const task = at.tasks.get(id);
  if (!task) throw new Error(`no task ${id}`);
  at.tasks.set(id, { ...task, ...change });
}
const codes = (params: JsonObject) => {
  const prepared = workflow(getUserConfirmation).prepare(params);
  return prepared.ok ? prepared.plan.problems({}, { index: { components: [sampleComponent], flows: [] }, component: sampleComponent }).map((each) => `${each.code} ${each.param ?? ''}`) : ['not prepared'];
};

test('it asks the people of the field and waits, naming them', async () => {
  const at = world();
  expect(await run(asks, at)).toEqual({ kind: 'waiting', reason: { en: 'Waits for Bo or Ana', fr: 'Attend Bo ou Ana' }, childRuns: [] });
  expect(at.tasks.get('tsk_1')).toMatchObject({ question: { en: 'Approve 1240 € for Two monitors?' }, options: [{ value: true, label: { fr: 'Oui' } }, { value: false }], people: [{ id: 'usr_2' }, { id: 'usr_1' }] });
  expect(at.news).toMatchObject([{ type: 'wait.opened', data: { kind: 'confirmation', question: 'Approve 1240 € for Two monitors?' } }]);
  await run(asks, at);
  expect(at.tasks.size, 'looking again asks nobody again').toBe(1);
});

test('the answer is written into the field; what others wrote meanwhile is seen, and the rest of the model stays', async () => {
  const at = world({ entries: [{ ...entry, updateDate: '2026-01-02T00:00:00.000Z', data: { ...model.data, note: 'theirs', price: 5 } }] });
  const changed = { ...who, data: { ...who.data, price: 99 } };
  const prepared = workflow(getUserConfirmation).prepare(asks);
  if (!prepared.ok) throw new Error('not prepared');
  const once = () => prepared.plan.run({ model: changed, loaded: who }, at.use);
  await once();
  settle(at, 'tsk_1', { state: 'answered', answer: false, answeredBy: { id: 'usr_2', name: 'Bo' } });
  const outcome = await once();
  expect(outcome).toMatchObject({ kind: 'model', next: { to: 'next' }, model: { data: { paid: false, note: 'theirs', price: 99 } }, loaded: { data: { price: 1240, note: 'theirs' }, updateDate: '2026-01-01T00:00:00.000Z' } });
  expect(at.news.at(-1)).toEqual({ type: 'wait.resolved', data: { by: { id: 'usr_2', name: 'Bo' }, answer: false } });
});

test('a role is asked too, each person once; without a text the question names workflow and entry', async () => {
  const at = world();
  await run({ confirmationField: 'state', userInfoField: 'car', userRouting: 'owner' }, at);
  expect(at.tasks.get('tsk_1')).toMatchObject({ question: { en: 'Test: Two monitors' }, options: [{ value: 0 }, { value: 1 }, { value: 2 }] });
  expect(at.tasks.get('tsk_1')?.people).toHaveLength(2);
});

test('NO_RECIPIENT when nobody could answer, TYPE_MISMATCH when nothing could be offered', async () => {
  expect((await failureOf(run(asks, world(), model))).code).toBe('NO_RECIPIENT');
  expect((await failureOf(run({ confirmationField: 'price', userRouting: 'owner' }, world()))).code).toBe('TYPE_MISMATCH');
});

test('the due time: waits until then, then keeps waiting, answers or fails, once', async () => {
  const due = { ...asks, dueIn: '2h' };
  const kept = world();
  expect(await run(due, kept)).toMatchObject({ kind: 'waiting', until: '2026-01-31T10:30:00.000Z' });
  settle(kept, 'tsk_1', { isDue: true });
  expect(await run(due, kept)).not.toHaveProperty('until');
  await run(due, kept);
  expect(kept.news.filter((each) => each.type === 'timer.fired')).toHaveLength(1);

  const answers = world();
  const late = { ...due, onTimeout: 'answer', timeoutAnswer: false };
  await run(late, answers);
  settle(answers, 'tsk_1', { isDue: true });
  expect(await run(late, answers)).toMatchObject({ kind: 'model', model: { data: { paid: false } } });
  expect(answers.news.at(-1)).toEqual({ type: 'wait.resolved', data: { by: null, answer: false } });

  const fails = world();
  await run({ ...due, onTimeout: 'fail' }, fails);
  settle(fails, 'tsk_1', { isDue: true });
  expect((await failureOf(run({ ...due, onTimeout: 'fail' }, fails))).code).toBe('CONFIRMATION_TIMEOUT');
});

test('an answer that came just before the due time counts', async () => {
  const at = world();
  await run({ ...asks, dueIn: 'P1D', onTimeout: 'fail' }, at);
  settle(at, 'tsk_1', { isDue: true, state: 'answered', answer: true });
  expect(await run({ ...asks, dueIn: 'P1D', onTimeout: 'fail' }, at)).toMatchObject({ kind: 'model', model: { data: { paid: true } } });
});

test('a later attempt asks again when the time was over, and uses the answer when there is one', async () => {
  const first = world();
  await run(asks, first);
  settle(first, 'tsk_1', { state: 'expired' });
  const again = { ...first, use: { ...first.use, step: { ...first.use.step, attempt: 2 } } };
  expect(await run(asks, again)).toMatchObject({ kind: 'waiting' });
  expect(first.tasks.size).toBe(2);
  settle(first, 'tsk_2', { state: 'answered', answer: true });
  expect(await run(asks, { ...first, use: { ...first.use, step: { ...first.use.step, attempt: 3 } } })).toMatchObject({ kind: 'model', model: { data: { paid: true } } });
});

test('problems at design time', () => {
  expect(codes({ confirmationField: 'price', userInfoField: 'car' })).toEqual(['TYPE_MISMATCH confirmationField']);
  expect(codes({ confirmationField: 'paid' })).toEqual(['PARAM_REQUIRED userInfoField']);
  expect(codes({ ...asks, onTimeout: 'fail' })).toEqual(['PARAM_REQUIRED dueIn']);
  expect(codes({ confirmationField: 'state', userInfoField: 'car', dueIn: '1d', onTimeout: 'answer', timeoutAnswer: 7 })).toEqual(['PARAM_INVALID timeoutAnswer']);
  expect(codes(asks)).toEqual([]);
});
