import { FailureError, type Failure } from '../failure';
import type { Item, ItemList, StepUse } from './capabilities';
import type { DataflowOutcome } from './define-step';

/**
 * Runs a step's work item by item, in order. A failing item stops the step and is named by its index; with
 * `onError: continue` it goes on carrying `$error` instead.
 */
export async function perItem(input: ItemList, use: StepUse, work: (item: Item, index: number) => Item | Item[] | null | Promise<Item | Item[] | null>, many = input.many): Promise<DataflowOutcome> {
  const items: Item[] = [];
  for (let index = 0; index < input.items.length; index++) {
    const item = input.items[index];
    if (item === undefined) continue;
    if (index % 256 === 0) use.signal.throwIfAborted();
    try {
      const pending = work(item, index);
      const made = pending instanceof Promise ? await pending : pending;
      if (Array.isArray(made)) for (const each of made) items.push(each);
      else if (made !== null) items.push(made);
    } catch (error) {
      items.push(failedItem(item, located(error, index), use));
    }
  }
  return { kind: 'items', items, many };
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
