import { expect, test } from 'vitest';
import { outcomeOf, world } from '../../testing';
import { writeResponse } from './write-response';

test('one answers as an object, many as an array, even of one', async () => {
  expect(await outcomeOf(writeResponse, {}, { source: [{ a: 1 }], many: false }, world())).toMatchObject({ response: { a: 1 } });
  expect(await outcomeOf(writeResponse, {}, { source: [{ a: 1 }], many: true }, world())).toMatchObject({ response: [{ a: 1 }] });
});

test('F7 nothing answers null for one and [] for many', async () => {
  expect(await outcomeOf(writeResponse, {}, { source: [], many: false }, world())).toMatchObject({ response: null });
  expect(await outcomeOf(writeResponse, {}, { source: [], many: true }, world())).toMatchObject({ response: [] });
});
