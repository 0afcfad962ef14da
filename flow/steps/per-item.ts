import { fail, FailureError, type Failure } from '../failure';
import { tooManyItems } from '../limits';
import type { Item, ItemList, StepUse } from './capabilities';
import type { DataflowOutcome } from './define-step';

/**
 * Runs a step's work item by item; results keep the items' order. A failing item stops the step and is named by its
 * index; with `onError: continue` it goes on carrying `$error` instead. With a `width` that many items are under way side
 * by side: those that began are brought to their end, so that what they did is recorded, and the first to fail counts.
 */
export type Made = Item | Item[] | null;
export type ItemWork = (item: Item, index: number) => Made | Promise<Made>;
/** steps.md §1.1: how many items go side by side. Steps that write to our own database take one at a time. */
export const atOnce = { read: 8, call: 4 } as const;

const askEvery = 256;

export async function perItem(input: ItemList, use: StepUse, work: ItemWork, many = input.many, width = 1): Promise<DataflowOutcome> {
  const made = width > 1 ? await sideBySide(input.items, use, work, width) : await oneByOne(input.items, use, work);
  const items: Item[] = [];
  for (const each of made) {
    if (Array.isArray(each)) for (const item of each) items.push(item);
    else if (each !== null) items.push(each);
    if (items.length > use.mostItems) fail('LIMIT_EXCEEDED', tooManyItems(items.length, use.mostItems));
  }
  return { kind: 'items', items, many };
}

async function oneByOne(items: readonly Item[], use: StepUse, work: ItemWork): Promise<Made[]> {
  const made: Made[] = [];
  let count = 0;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item === undefined) continue;
    if (index % askEvery === askEvery - 1) {
      const pause = use.breathe();
      if (pause) await pause;
      use.signal.throwIfAborted();
    }
    try {
      const pending = work(item, index);
      const one = pending instanceof Promise ? await pending : pending;
      count += Array.isArray(one) ? one.length : 1;
      made.push(one);
      // Before they fill the memory: a step may make many items of each.
      if (count > use.mostItems && Array.isArray(one)) fail('LIMIT_EXCEEDED', tooManyItems(count, use.mostItems));
    } catch (error) {
      made.push(failedItem(item, located(error, index), use));
    }
  }
  return made;
}

async function sideBySide(items: readonly Item[], use: StepUse, work: ItemWork, width: number): Promise<Made[]> {
  const made = Array.from<Made>({ length: items.length }).fill(null);
  let next = 0;
  let [firstBad, bad]: [number, unknown] = [items.length, null];
  const lane = async (): Promise<void> => {
    while (next < items.length && firstBad === items.length) {
      const index = next++;
      const item = items[index];
      if (item === undefined) continue;
      use.signal.throwIfAborted();
      try {
        made[index] = await work(item, index);
      } catch (error) {
        try {
          made[index] = failedItem(item, located(error, index), use);
        } catch (stop) {
          if (index < firstBad) [firstBad, bad] = [index, stop];
        }
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  if (firstBad < items.length) throw bad;
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
  return made;
}

function located(error: unknown, index: number): Failure {
  if (!(error instanceof FailureError)) throw error;
  return { ...error.failure, itemIndex: error.failure.itemIndex ?? index };
}

/** A limit or the end of the run is nobody's item: it stops the step whatever `onError` says. */
const always = new Set<Failure['code']>(['LIMIT_EXCEEDED', 'CANCELLED', 'RUN_TIMEOUT', 'RECURSION_LIMIT']);

function failedItem(item: Item, failure: Failure, use: StepUse): Item {
  if (use.onError === 'stop' || always.has(failure.code)) throw new FailureError(failure);
  use.warn(failure.text);
  return { ...item, $error: { code: failure.code, message: failure.message, step: use.step.id } };
}

/**
 * For steps that ask once for all items: what each item asks for, one answer for all of them, what each item becomes. An
 * item whose question makes no sense fails as it would alone.
 */
export async function perItemAtOnce<Q, A>(
  input: ItemList, use: StepUse,
  { ask, answer, give }: { ask: (item: Item, index: number) => Q; answer: (asked: Q[]) => Promise<readonly A[]>; give: (item: Item, answer: A, index: number) => Made },
): Promise<DataflowOutcome> {
  const failures = new Map<number, unknown>();
  const asked: Q[] = [];
  const placeOf = new Map<number, number>();
  for (const [index, item] of input.items.entries()) {
    try {
      const question = ask(item, index);
      placeOf.set(index, asked.length);
      asked.push(question);
    } catch (error) {
      if (use.onError === 'stop') throw new FailureError(located(error, index));
      failures.set(index, error);
    }
  }
  const answers = asked.length === 0 ? [] : await answer(asked);
  return perItem(input, use, (item, index) => {
    const place = placeOf.get(index);
    const got = place === undefined ? undefined : answers[place];
    if (got === undefined) throw failures.get(index);
    return give(item, got, index);
  });
}
