import { expect, it } from 'vitest';
import { actionOf } from './shortcuts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}, code = '') => actionOf({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

it('a shortcut answers to exactly its keys', () => {
  expect(press('a')).toBe('addStep');
  expect(press('a', { ctrlKey: true })).toBe('selectAll');
  expect(press('A', { shiftKey: true })).toBeNull();
  expect(press('z', { ctrlKey: true })).toBe('undo');
  expect(press('Z', { metaKey: true, shiftKey: true })).toBe('redo');
  expect(press('y', { ctrlKey: true })).toBe('redo');
  expect(press('?', { shiftKey: true })).toBe('shortcuts');
  expect(press('!', { shiftKey: true }, 'Digit1')).toBe('fit');
  expect(press('+', { shiftKey: true })).toBe('zoomIn');
  expect(press('a', { altKey: true })).toBeNull();
});
