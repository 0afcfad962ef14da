import { expect, it } from 'vitest';
import { keepSame } from './keep-same';

it('an equal value is the older one, and a change replaces only the parts on its way', () => {
  const before = { stages: [{ id: 'a', steps: [{ id: '1', params: { x: 1 } }, { id: '2', params: { y: [1, 2] } }] }, { id: 'b', steps: [] }] };
  expect(keepSame(before, structuredClone(before))).toBe(before);
  const changed = structuredClone(before);
  changed.stages[0]?.steps.reverse();
  const kept = keepSame(before, changed);
  expect(kept).toEqual(changed);
  expect(kept).not.toBe(before);
  expect(kept.stages[1]).toBe(before.stages[1]);
  expect(kept.stages[0]?.steps[0]).toBe(before.stages[0]?.steps[1]);
});

it('a key that went away or came is a change', () => {
  expect(keepSame({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
  expect(keepSame({ a: undefined }, { b: undefined })).toEqual({ b: undefined });
});
