import type * as Y from 'yjs';
import { documentRoots, readLane, readMeta, readNote, readStage, readState, readStep, type MetaState } from './document';
import type { FlowDefinition, Note, Stage, Step } from './flow';
import { normalize, type LaneState, type NoteState, type Placed, type StageState, type StepState } from './normalize';

/**
 * A document as the flow it shows, read once and kept up: after an edit only what it touched is read again. What an edit
 * inside of steps and notes leaves where it is need not be put in order anew. Steps and notes keep their object until they change.
 */
export type FlowReading = {
  /** As of the last `update`; the whole document is read when this is first asked for. */
  definition(): FlowDefinition;
  meta(): MetaState;
  isStale(): boolean;
  update(): FlowDefinition;
  close(): void;
};

const collections = ['lanes', 'stages', 'steps', 'notes'] as const;
type Touched = Record<(typeof collections)[number], Set<string>> & { meta: boolean };
type States = { lanes: Map<string, LaneState>; stages: Map<string, StageState>; steps: Map<string, StepState>; notes: Map<string, NoteState> };

export function readingOf(doc: Y.Doc): FlowReading {
  let meta = readMeta(doc);
  let whole: { states: States; definition: FlowDefinition } | null = null;
  let touched = nothing();
  const roots = new Map(documentRoots.map((name) => [doc.getMap(name), name]));
  const mark = (transaction: Y.Transaction) => markTouched(roots, transaction, touched);
  doc.on('afterTransaction', mark);

  const read = () => {
    if (whole) return whole;
    const { lanes, stages, steps, notes } = readState(doc);
    const states = { lanes: byId(lanes), stages: byId(stages), steps: byId(steps), notes: byId(notes) };
    touched = nothing();
    meta = readMeta(doc);
    return (whole = { states, definition: ordered(meta, states) });
  };

  const update = (): FlowDefinition => {
    const known = read();
    if (isNothing(touched)) return known.definition;
    const now = touched;
    touched = nothing();
    const kind = meta.kind;
    if (now.meta) meta = readMeta(doc);
    if (meta.kind !== kind) for (const id of known.states.steps.keys()) now.steps.add(id);
    const inside = readAgain(doc, now, known.states);
    known.definition = inside ? withInside(known.definition, inside) : ordered(meta, known.states);
    return known.definition;
  };

  return {
    definition: () => read().definition, meta: () => meta, isStale: () => whole === null || !isNothing(touched), update,
    close: () => doc.off('afterTransaction', mark),
  };
}

const nothing = (): Touched => ({ lanes: new Set(), stages: new Set(), steps: new Set(), notes: new Set(), meta: false });
const isNothing = (touched: Touched): boolean => !touched.meta && collections.every((name) => touched[name].size === 0);
const byId = <T extends { id: string }>(list: readonly T[]): Map<string, T> => new Map(list.map((each) => [each.id, each]));

function ordered(meta: MetaState, { lanes, stages, steps, notes }: States): FlowDefinition {
  return normalize({ ...meta, lanes: [...lanes.values()], stages: [...stages.values()], steps: [...steps.values()], notes: [...notes.values()] });
}

/** A changed map or text belongs to the entry it lies in; a changed root names its entries. */
function markTouched(roots: ReadonlyMap<unknown, (typeof documentRoots)[number]>, transaction: Y.Transaction, touched: Touched): void {
  for (const [type, keys] of transaction.changed) {
    let root = type;
    let id: string | null = null;
    for (; root.parent; root = root.parent) id = root._item?.parentSub ?? null;
    const name = roots.get(root);
    if (name === 'meta') touched.meta = true;
    else if (name && id !== null) touched[name].add(id);
    else if (name) for (const key of keys) if (key !== null) touched[name].add(key);
  }
}

type Inside = { steps: Map<string, Step>; notes: Map<string, Note> };

/** What changed inside of steps and notes; null when something else did, or stands elsewhere now. */
function readAgain(doc: Y.Doc, touched: Touched, states: States): Inside | null {
  for (const id of touched.lanes) put(states.lanes, id, readLane(doc, id));
  for (const id of touched.stages) put(states.stages, id, readStage(doc, id));
  const inside: Inside = { steps: new Map(), notes: new Map() };
  let stays = !touched.meta && touched.lanes.size + touched.stages.size === 0;
  for (const id of touched.steps) {
    const [before, read] = [states.steps.get(id), readStep(doc, id)];
    const now = read && sameStep(before, read);
    put(states.steps, id, now);
    stays &&= standsThere(before, now) && before?.stageId === now?.stageId;
    if (now && now.step !== before?.step) inside.steps.set(id, now.step);
  }
  for (const id of touched.notes) {
    const [before, now] = [states.notes.get(id), readNote(doc, id)];
    put(states.notes, id, now);
    stays &&= standsThere(before, now);
    if (now) inside.notes.set(id, now.note);
  }
  return stays ? inside : null;
}

function put<T>(into: Map<string, T>, id: string, state: T | null): void {
  if (state === null) into.delete(id);
  else into.set(id, state);
}

const standsThere = (before: Placed | undefined, now: Placed | null): boolean => before?.order === now?.order && before?.deleted === now?.deleted;

/** A move, or an edit that ends where it began, is no new step. */
function sameStep(before: StepState | undefined, after: StepState): StepState {
  return before && JSON.stringify(before.step) === JSON.stringify(after.step) ? { ...after, step: before.step } : after;
}

function withInside(definition: FlowDefinition, { steps, notes }: Inside): FlowDefinition {
  const isTouched = (stage: Stage) => steps.size > 0 && stage.steps.some((step) => steps.has(step.id));
  const lanes = definition.lanes.map((lane) => (!lane.stages.some(isTouched) ? lane : {
    ...lane, stages: lane.stages.map((stage) => (isTouched(stage) ? { ...stage, steps: stage.steps.map((step) => steps.get(step.id) ?? step) } : stage)),
  }));
  return { ...definition, lanes, ...(definition.notes ? { notes: definition.notes.map((note) => notes.get(note.id) ?? note) } : {}) };
}
