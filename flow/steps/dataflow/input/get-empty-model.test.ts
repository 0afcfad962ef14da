import { expect, test } from 'vitest';
import { itemsOf, outcomeOf, world } from '../../testing';
import { getEmptyModel } from './get-empty-model';

test('one empty item, so that what follows runs once; what a caller sends is ignored', async () => {
  expect(await itemsOf(getEmptyModel, { validateInput: true }, {}, world({ caller: [{ a: 1 }, { a: 2 }] }))).toEqual([{}]);
  expect(await outcomeOf(getEmptyModel, {}, {}, world())).toMatchObject({ many: false });
});
