import * as Y from 'yjs';
import { canonicalDefinition } from '../canonical';
import { stepsOf, type FlowDefinition } from '../flow';
import { newId } from '../id';
import { documentSchema, ensure, isDeleted, meta, put, root, type Collection } from './entries';
import { writeNote } from './notes';
import { settled } from './places';
import { putSettings } from './settings';
import { writeStep } from './steps';

export function createDocument(definition: FlowDefinition): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    meta(doc).set('schema', documentSchema);
    meta(doc).set('epoch', newId('epoch'));
    meta(doc).set('kind', definition.kind);
    fill(doc, canonicalDefinition(definition), 'create');
  });
  return doc;
}

/** Makes the document say what the definition says, touching only what differs; ids are kept. */
export function replaceDefinition(doc: Y.Doc, definition: FlowDefinition, origin: unknown): void {
  doc.transact(() => fill(doc, canonicalDefinition(definition), 'replace'), origin);
}

function fill(doc: Y.Doc, definition: FlowDefinition, deletedBy: string): void {
  put(meta(doc), 'name', definition.name);
  put(meta(doc), 'restrictAccess', definition.restrictAccess);
  putSettings(doc, definition.settings ?? {});
  const stages = definition.lanes.flatMap((lane) => lane.stages.map((stage) => ({ lane, stage })));
  const laneOrders = settled(doc, 'lanes', definition.lanes.map((each) => each.id), '');
  for (const lane of definition.lanes) {
    const entry = ensure(doc, 'lanes', lane.id);
    put(entry, 'at', laneOrders.get(lane.id));
    put(entry, 'step', lane.when?.step);
    put(entry, 'case', lane.when?.case);
    put(entry, 'del', undefined);
    const orders = settled(doc, 'stages', lane.stages.map((each) => each.id), lane.id);
    for (const stage of lane.stages) {
      const made = ensure(doc, 'stages', stage.id);
      put(made, 'name', stage.name);
      put(made, 'at', [lane.id, orders.get(stage.id) ?? '']);
      put(made, 'del', undefined);
    }
  }
  for (const { stage } of stages) {
    const orders = settled(doc, 'steps', stage.steps.map((each) => each.id), stage.id);
    for (const step of stage.steps) writeStep(doc, step, [stage.id, orders.get(step.id) ?? '']);
  }
  const noteOrders = settled(doc, 'notes', (definition.notes ?? []).map((each) => each.id), '');
  for (const note of definition.notes ?? []) writeNote(doc, note, noteOrders.get(note.id) ?? '');
  drop(doc, 'lanes', new Set(definition.lanes.map((each) => each.id)), deletedBy);
  drop(doc, 'stages', new Set(stages.map((each) => each.stage.id)), deletedBy);
  drop(doc, 'steps', new Set(stepsOf(definition).map((each) => each.id)), deletedBy);
  drop(doc, 'notes', new Set((definition.notes ?? []).map((each) => each.id)), deletedBy);
}

function drop(doc: Y.Doc, name: Collection, kept: ReadonlySet<string>, deletedBy: string): void {
  for (const [id, entry] of root(doc, name)) if (entry instanceof Y.Map && !kept.has(id) && !isDeleted(entry)) entry.set('del', deletedBy);
}
