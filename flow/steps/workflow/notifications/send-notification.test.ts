import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import { failureOf, modelOf, world } from '../../testing';
import { sendNotification } from './send-notification';

const model = { id: 4, name: 'Four', data: { user_name: 'Ana', price: 5, car: { id: 'usr_2', name: 'Bo' }, note: null } };
const send = (params: JsonObject, at = world()) => modelOf(sendNotification, params, model, at);

test('the people of the field and the fixed ones are told once each, with the values filled in', async () => {
  const at = world();
  expect((await send({ userInfoField: 'car', userName: ['usr_1', 'usr_2'], message: 'Order of {{user_name}}: {{data.price}} € {{note}}' }, at)).model).toEqual(model);
  expect(at.messages).toEqual([{ channel: 'inApp', userIds: ['usr_1', 'usr_2'], subject: { en: 'Test', fr: 'Test' }, body: { en: 'Order of Ana: 5 €', fr: 'Order of Ana: 5 €' } }]);
});

test('running again sends nothing again', async () => {
  const at = world();
  await send({ userInfoField: 'car', message: 'x' }, at);
  await send({ userInfoField: 'car', message: 'x' }, at);
  expect(at.messages).toHaveLength(1);
});

test('NO_RECIPIENT is a warning and the run goes on; those who are gone are told of', async () => {
  const at = world();
  await send({ userInfoField: 'note', message: 'x' }, at);
  expect(at.warnings[0]).toContain('NO_RECIPIENT');
  const other = world();
  await send({ userName: ['usr_1', 'usr_gone'], message: 'x' }, other);
  expect(other.warnings[0]).toContain('1 could not be told');
});

test('e-mail without a server, an empty text and too many recipients fail', async () => {
  expect((await failureOf(send({ channel: 'smtp', userInfoField: 'car', message: 'x' }))).code).toBe('CHANNEL_NOT_CONFIGURED');
  expect((await failureOf(send({ channel: 'mail', userInfoField: 'car', message: 'x' }))).code).toBe('CHANNEL_NOT_CONFIGURED');
  expect((await failureOf(send({ userInfoField: 'car', message: '{{note}}' }))).code).toBe('PARAM_REQUIRED');
  const crowd = { ...model, data: { ...model.data, car: Array.from({ length: 10_001 }, (_, at) => `usr_${at}`) } };
  expect((await failureOf(modelOf(sendNotification, { userInfoField: 'car', message: 'x' }, crowd, world()))).code).toBe('LIMIT_EXCEEDED');
});
