import { expect, test } from 'vitest';
import { modelOf } from '../../testing';
import { finish } from './finish';

test('it ends the instance and leaves the model as it is', async () => {
  const model = { id: 1, data: { state: 2 } };
  expect(await modelOf(finish, {}, model)).toEqual({ kind: 'model', model, next: { to: 'finish' } });
});
