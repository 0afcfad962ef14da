import { expect, test } from 'vitest';
import { modelOf } from '../../testing';
import { resetToDraft } from './reset-to-draft';

test('it hands the entry back and undoes nothing', async () => {
  const model = { id: 1, data: { state: 2 } };
  expect(await modelOf(resetToDraft, {}, model)).toEqual({ kind: 'model', model, next: { to: 'draft' } });
});
