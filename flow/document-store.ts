import type * as Y from 'yjs';
import { definitionOf, readLane, readMeta, readNote, readStage, readStep, type MetaState } from './document';
import type { FlowDefinition, Note, Step } from './flow';
import { normalize, type LaneState, type NoteState, type StageState, type StepState } from './normalize';

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

type Dirty = { lanes: Set<string>; stages: Set<string>; steps: Set<string>; notes: Set<string>; meta: boolean };
const clean = (): Dirty => ({ lanes: new Set(), stages: new Set(), steps: new Set(), notes: new Set(), meta: false });

export function flowStore(doc: Y.Doc, schedule: Schedule = typeof document === 'undefined' ? queueMicrotask : nextFrame): FlowStore {
  const listeners = new Map<string, Set<() => void>>();
  const states = { lanes: new Map<string, LaneState>(), stages: new Map<string, StageState>(), steps: new Map<string, StepState>(), notes: new Map<string, NoteState>() };
  const seen = { steps: new Map<string, Step>(), notes: new Map<string, Note>() };
  let meta = readMeta(doc);
  let definition: FlowDefinition;
  let shape: FlowShape;
  let shapeText: string;
  let dirty = clean();
  let scheduled = false;
  let closed = false;

  const readInto = <T>(into: Map<string, T>, id: string, state: T | null): void => {
    if (state === null) into.delete(id);
    else into.set(id, state);
  };

  const rebuild = (): Set<string> => {
    if (dirty.meta) meta = readMeta(doc);
    for (const id of dirty.lanes) readInto(states.lanes, id, readLane(doc, id));
    for (const id of dirty.stages) readInto(states.stages, id, readStage(doc, id));
    for (const id of dirty.notes) readInto(states.notes, id, readNote(doc, id));
    for (const id of dirty.steps) {
      const state = readStep(doc, id);
      readInto(states.steps, id, state && sameStep(states.steps.get(id), state));
    }
    dirty = clean();
    return publish();
  };

  /** What changed, as listener keys. */
  const publish = (): Set<string> => {
    const changed = new Set(['definition']);
    const made = normalize({ ...meta, lanes: [...states.lanes.values()], stages: [...states.stages.values()], steps: [...states.steps.values()], notes: [...states.notes.values()] });
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
    definition = made;
    return changed;
  };

  const flush = (): void => {
    scheduled = false;
    if (closed || isClean(dirty)) return;
    const before = meta;
    const changed = rebuild();
    if (meta !== before) changed.add('settings');
    for (const key of changed) for (const listener of listeners.get(key) ?? []) listener();
  };

  const mark = (name: keyof Omit<Dirty, 'meta'>, events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    for (const event of events) {
      const [id] = event.path;
      if (typeof id === 'string') dirty[name].add(id);
      else for (const key of event.changes.keys.keys()) dirty[name].add(key);
    }
  };
  const observers = (['lanes', 'stages', 'steps', 'notes'] as const).map((name) => {
    const map = doc.getMap(name);
    const observe = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => mark(name, events);
    map.observeDeep(observe);
    return () => map.unobserveDeep(observe);
  });
  const onMeta = () => {
    dirty.meta = true;
  };
  const afterTransaction = (transaction: Y.Transaction): void => {
    if (isClean(dirty)) return;
    if (transaction.local) return flush();
    if (scheduled) return;
    scheduled = true;
    schedule(flush);
  };
  doc.getMap('meta').observe(onMeta);
  doc.on('afterTransaction', afterTransaction);

  for (const name of ['lanes', 'stages', 'steps', 'notes'] as const) for (const id of doc.getMap(name).keys()) dirty[name].add(id);
  definition = definitionOf(doc);
  shape = shapeOf(definition);
  shapeText = JSON.stringify(shape);
  rebuild();

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
    definition: slice('definition', () => definition), shape: slice('shape', () => shape), settings: slice('settings', () => meta),
    step: (id) => remembered(slices.steps, id, () => slice(`step ${id}`, () => seen.steps.get(id) ?? null)),
    note: (id) => remembered(slices.notes, id, () => slice(`note ${id}`, () => seen.notes.get(id) ?? null)),
    flush,
    close: () => {
      closed = true;
      for (const stop of observers) stop();
      doc.getMap('meta').unobserve(onMeta);
      doc.off('afterTransaction', afterTransaction);
    },
  };
}

function remembered<T>(known: Map<string, T>, id: string, make: () => T): T {
  const found = known.get(id) ?? make();
  known.set(id, found);
  return found;
}

const isClean = (dirty: Dirty): boolean => !dirty.meta && dirty.lanes.size + dirty.stages.size + dirty.steps.size + dirty.notes.size === 0;

/** A move, or an edit that ends where it began, is no new step. */
function sameStep(before: StepState | undefined, after: StepState): StepState {
  return before && JSON.stringify(before.step) === JSON.stringify(after.step) ? { ...after, step: before.step } : after;
}

function shapeOf(definition: FlowDefinition): FlowShape {
  return {
    lanes: definition.lanes.map((lane) => ({
      id: lane.id, ...(lane.when ? { when: lane.when } : {}), stages: lane.stages.map((stage) => ({ id: stage.id, name: stage.name, stepIds: stage.steps.map((step) => step.id) })),
    })),
    noteIds: (definition.notes ?? []).map((note) => note.id),
  };
}
