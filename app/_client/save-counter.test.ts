import { expect, it } from 'vitest';
import { SaveCounter } from './save-counter';

const step2 = Uint8Array.from([0, 1, 9]);
const update = Uint8Array.from([0, 2, 9]);
const step1 = Uint8Array.from([0, 0, 9]);
const cursor = Uint8Array.from([1, 9]);

it('an edit is saved when the frame that carried it is acknowledged, not when it is sent', () => {
  const shown: number[] = [];
  const counter = new SaveCounter(0, () => shown.push(counter.unsaved));
  counter.connected();
  counter.sent(step1);
  counter.sent(step2);
  counter.edited();
  counter.sent(cursor);
  counter.sent(update);
  counter.edited();
  counter.sent(update);
  expect(counter.unsaved).toBe(2);
  counter.acknowledged(1);
  expect(counter.unsaved).toBe(2);
  counter.acknowledged(2);
  expect(counter.unsaved).toBe(1);
  counter.acknowledged(3);
  expect(shown.at(-1)).toBe(0);
});

it('edits made offline are saved by the answer to the server’s first question, and by nothing sent before it', () => {
  const counter = new SaveCounter(3, () => {});
  counter.edited();
  counter.connected();
  counter.edited();
  counter.sent(update); // typed before the server asked: it carries only itself
  counter.acknowledged(1);
  expect(counter.unsaved).toBe(5);
  counter.sent(step2);
  counter.edited();
  counter.acknowledged(2);
  expect(counter.unsaved).toBe(1);
});

it('acknowledgements of a lost connection count for nothing on the next', () => {
  const counter = new SaveCounter(0, () => {});
  counter.connected();
  counter.sent(step2);
  counter.edited();
  counter.sent(update);
  counter.connected();
  counter.acknowledged(2);
  expect(counter.unsaved).toBe(1);
  counter.sent(step2);
  counter.acknowledged(1);
  expect(counter.unsaved).toBe(0);
});
