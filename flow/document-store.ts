import type * as Y from 'yjs';
import type { MetaState } from './document';
import { readingOf } from './document-reading';
import type { FlowDefinition, Note, Step } from './flow';

/**
 * A flow's document as snapshots for `useSyncExternalStore`: each step keeps its object until it changes, so a card
 * redraws only for its own edits. One's own edits show at once; those of others are gathered for the next frame.
 */
export type Slice<T> = { subscribe(listener: () => void): () => void; getSnapshot(): T };

/** The flow without what is inside its steps: what stands where. Keeps its identity while only steps change. */
export type FlowShape = { lanes: { id: string; when?: { step: string; case: string }; stages: { id: string; name: string; stepIds: string[] }[] }[]; noteIds: string[] };

export type FlowStore = {
  /** The whole flow, after every change. */
  definition: Slice<FlowDefinition>;
  shape: Slice<FlowShape>;
  settings: Slice<MetaState>;
  step(id: string): Slice<Step | null>;
  note(id: string): Slice<Note | null>;
  /** Applies what is gathered now, without waiting for the frame. */
  flush(): void;
  close(): void;
};

export type Schedule = (flush: () => void) => void;

const nextFrame: Schedule = (flush) => {
  if (typeof requestAnimationFrame === 'function' && document.visibilityState === 'visible') requestAnimationFrame(flush);
  else setTimeout(flush, 0);
};

export function flowStore(doc: Y.Doc, schedule: Schedule = typeof document === 'undefined' ? queueMicrotask : nextFrame): FlowStore {
  const listeners = new Map<string, Set<() => void>>();
  const reading = readingOf(doc);
  const seen = { steps: new Map<string, Step>(), notes: new Map<string, Note>() };
  let shape: FlowShape = { lanes: [], noteIds: [] };
  let shapeText = '';
  let scheduled = false;
  let closed = false;

  /** What changed, as listener keys. */
  const publish = (made: FlowDefinition): Set<string> => {
    const changed = new Set(['definition']);
    const steps = new Map(made.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step) => [step.id, step] as const))));
    const notes = new Map((made.notes ?? []).map((note) => [note.id, note]));
    for (const id of new Set([...seen.steps.keys(), ...steps.keys()])) if (seen.steps.get(id) !== steps.get(id)) changed.add(`step ${id}`);
    for (const id of new Set([...seen.notes.keys(), ...notes.keys()])) if (seen.notes.get(id) !== notes.get(id)) changed.add(`note ${id}`);
    seen.steps = steps;
    seen.notes = notes;
    const outline = shapeOf(made);
    const written = JSON.stringify(outline);
    if (written !== shapeText) {
      shape = outline;
      shapeText = written;
      changed.add('shape');
    }
    return changed;
  };

  const flush = (): void => {
    scheduled = false;
    if (closed || !reading.isStale()) return;
    const before = reading.meta();
    const changed = publish(reading.update());
    if (reading.meta() !== before) changed.add('settings');
    for (const key of changed) for (const listener of listeners.get(key) ?? []) listener();
  };

  const afterTransaction = (transaction: Y.Transaction): void => {
    if (!reading.isStale()) return;
    if (transaction.local) return flush();
    if (scheduled) return;
    scheduled = true;
    schedule(flush);
  };
  publish(reading.definition());
  doc.on('afterTransaction', afterTransaction);

  const slice = <T>(key: string, getSnapshot: () => T): Slice<T> => ({
    getSnapshot,
    subscribe: (listener) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
      };
    },
  });
  const slices = { steps: new Map<string, Slice<Step | null>>(), notes: new Map<string, Slice<Note | null>>() };
  return {
    definition: slice('definition', reading.definition), shape: slice('shape', () => shape), settings: slice('settings', reading.meta),
    step: (id) => remembered(slices.steps, id, () => slice(`step ${id}`, () => seen.steps.get(id) ?? null)),
    note: (id) => remembered(slices.notes, id, () => slice(`note ${id}`, () => seen.notes.get(id) ?? null)),
    flush,
    close: () => {
      closed = true;
      reading.close();
      doc.off('afterTransaction', afterTransaction);
    },
  };
}

function remembered<T>(known: Map<string, T>, id: string, make: () => T): T {
  const found = known.get(id) ?? make();
  known.set(id, found);
  return found;
}

function shapeOf(definition: FlowDefinition): FlowShape {
  return {
    lanes: definition.lanes.map((lane) => ({
      id: lane.id, ...(lane.when ? { when: lane.when } : {}), stages: lane.stages.map((stage) => ({ id: stage.id, name: stage.name, stepIds: stage.steps.map((step) => step.id) })),
    })),
    noteIds: (definition.notes ?? []).map((note) => note.id),
  };
}
