import { z } from 'zod';
import { text, type Text } from './text';

/** What a run may take (steps.md §1.5), per workspace. What is not set is the default; the largest value is what one process can bear. */
const limit = (least: number, most: number) => z.int().min(least).max(most);
const shape = {
  /** Items that a step gives. */
  items: limit(1, 1_000_000),
  itemBytes: limit(1_000, 50_000_000),
  /** Of a file that a step writes; no larger one could be stored. */
  exportBytes: limit(1_000, 20_971_520),
  /** Events in the log of one run, and their size. */
  events: limit(100, 204_800),
  logBytes: limit(100_000, 500_000_000),
  /** How deep flows may call one another. */
  nesting: limit(1, 50),
  dataflowMs: limit(1_000, 86_400_000),
  /** Runs at work at once; absent: as many as there are places. */
  concurrency: limit(1, 10_000),
};
export const workspaceLimits = z.strictObject(shape).partial();
export type WorkspaceLimits = z.infer<typeof workspaceLimits>;
/** null: the default again. */
export const limitsChange = z.strictObject({
  items: shape.items.nullable(), itemBytes: shape.itemBytes.nullable(), exportBytes: shape.exportBytes.nullable(), events: shape.events.nullable(), logBytes: shape.logBytes.nullable(), nesting: shape.nesting.nullable(),
  dataflowMs: shape.dataflowMs.nullable(), concurrency: shape.concurrency.nullable(),
}).partial();
export type LimitsChange = z.infer<typeof limitsChange>;
export type RunLimits = { items: number; itemBytes: number; exportBytes: number; events: number; logBytes: number; nesting: number; dataflowMs: number };
export const defaultLimits: RunLimits = { items: 100_000, itemBytes: 5_000_000, exportBytes: 1_048_576, events: 51_200, logBytes: 50_000_000, nesting: 10, dataflowMs: 15 * 60_000 };

/** As stored in a workspace's settings; what does not read counts as not set. */
export function limitsFrom(settings: unknown): WorkspaceLimits {
  const stored = typeof settings === 'object' && settings !== null && 'limits' in settings ? settings.limits : undefined;
  return workspaceLimits.safeParse(stored).data ?? {};
}

export function filledLimits(set: WorkspaceLimits): RunLimits {
  const { items, itemBytes, exportBytes, events, logBytes, nesting, dataflowMs } = defaultLimits;
  return {
    items: set.items ?? items, itemBytes: set.itemBytes ?? itemBytes, exportBytes: set.exportBytes ?? exportBytes, events: set.events ?? events, logBytes: set.logBytes ?? logBytes, nesting: set.nesting ?? nesting, dataflowMs: set.dataflowMs ?? dataflowMs,
  };
}

/** For people: 5 MB, 100,000. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 10_000) / 100}`;
}

export function tooManyItems(count: number, most: number): Text {
  const shown = (value: number, locale: string) => value.toLocaleString(locale);
  return text(`The step gave ${shown(count, 'en')} items; ${shown(most, 'en')} are the most.`, `L’étape a donné ${shown(count, 'fr')} éléments ; ${shown(most, 'fr')} est le maximum.`);
}
