import { expect, test } from 'vitest';
import type { JsonObject } from '../../../json';
import { failureOf, itemsOf, world } from '../../testing';
import { sendNotification } from './send-notification';

const source = [{ who: { id: 'usr_1', name: 'Ana' }, code: '1', body: 'From the model' }, { who: ['usr_2'], code: '2', body: null }];
const send = (params: JsonObject, at = world()) => itemsOf(sendNotification, params, { source }, at);

test('each item tells its people; the item goes on with what was sent', async () => {
  const at = world();
  expect(await send({ userInfoField: 'who', messageBody: 'Code {{code}}' }, at)).toMatchObject([{ code: '1', _notification: { ids: ['ntf_usr_1'], recipients: 1 } }, { code: '2', _notification: { recipients: 1 } }]);
  expect(at.messages.map((each) => [each.userIds, each.subject.en, each.body.en])).toEqual([[['usr_1'], 'Test', 'Code 1'], [['usr_2'], 'Test', 'Code 2']]);
});

test('the body field wins over the body, and an empty one is PARAM_REQUIRED at that item', async () => {
  const at = world();
  expect(await failureOf(send({ userInfoField: 'who', messageBody: 'unused', messageBodyField: 'body' }, at))).toMatchObject({ code: 'PARAM_REQUIRED', itemIndex: 1 });
  expect(at.messages[0]?.body.en).toBe('From the model');
});

test('nobody is a warning; e-mail needs a server', async () => {
  const at = world();
  expect(await send({ userInfoField: 'nobody', messageBody: 'x' }, at)).toMatchObject([{ _notification: { recipients: 0 } }, { _notification: { recipients: 0 } }]);
  expect(at.warnings).toHaveLength(2);
  expect((await failureOf(send({ channel: 'smtp', userInfoField: 'who', messageBody: 'x', messageTheme: { const: 'Hello' } }))).code).toBe('CHANNEL_NOT_CONFIGURED');
});

test('with "continue on error" the others are told', async () => {
  const at = world({ onError: 'continue' });
  expect(await send({ userInfoField: 'who', messageBodyField: 'body' }, at)).toMatchObject([{ _notification: { recipients: 1 } }, { $error: { code: 'PARAM_REQUIRED' } }]);
});
