import { expect } from 'vitest';
import * as Y from 'yjs';
import { canonicalJson } from '../canonical';
import * as edits from '../document';
import { stepsOf, type Step } from '../flow';
import { shortFlow } from '../testing-flow';

export const rows = (...targets: string[]) => targets.map((target) => ({ target, value: { const: 1 } }));
export const start = () => shortFlow([
  { id: 'in', type: 'get-raw-model', name: 'Given' }, { id: 't', type: 'transform-model', name: 'Shape', params: { fieldsMapping: rows('a', 'b', 'c') } },
  { id: 'f', type: 'filter-source', name: 'Keep', params: { srcField: 'a' } }, { id: 'd', type: 'distinct', name: 'Once' },
]);

/** Two people with the same document; `meet` exchanges what each has. */
export function two() {
  const ana = edits.createDocument(start());
  const bo = new Y.Doc();
  const meet = () => {
    Y.applyUpdate(bo, Y.encodeStateAsUpdate(ana), 'network');
    Y.applyUpdate(ana, Y.encodeStateAsUpdate(bo), 'network');
    expect(canonicalJson(edits.definitionOf(ana))).toBe(canonicalJson(edits.definitionOf(bo)));
    return edits.definitionOf(ana);
  };
  meet();
  return { ana, bo, meet };
}

export const one = (doc: Y.Doc, id: string): Step | undefined => stepsOf(edits.definitionOf(doc)).find((each) => each.id === id);
export const order = (doc: Y.Doc) => edits.definitionOf(doc).lanes[0]?.stages.map((stage) => stage.steps.map((step) => step.id).join('')).join(' ');
export const sizeOf = (doc: Y.Doc, change: () => void): number => {
  let size = 0;
  const count = (update: Uint8Array) => (size += update.length);
  doc.on('update', count);
  change();
  doc.off('update', count);
  return size;
};
