import type * as Y from 'yjs';
import { sourcePorts } from '../canonical';
import { stepKey, stepsOf, type FlowDefinition, type FlowKind, type Step } from '../flow';
import { stepType } from '../steps/index';
import { entryOf, isLive, kindOf, put } from './entries';
import { definitionOf } from './read';
import { insertSteps, type StepPlace } from './steps';

/** Copies stand behind the last of their stage's originals. */
export function duplicateSteps(doc: Y.Doc, ids: readonly string[], origin: unknown): string[] {
  const definition = definitionOf(doc);
  const wanted = new Set(ids);
  const originals: Step[] = [];
  const copies: string[] = [];
  doc.transact(() => {
    for (const stage of definition.lanes.flatMap((lane) => lane.stages)) {
      const picked = stage.steps.filter((step) => wanted.has(step.id));
      const last = picked.at(-1);
      if (!last) continue;
      originals.push(...picked);
      copies.push(...insertSteps(doc, picked, { stageId: stage.id, index: stage.steps.indexOf(last) + 1 }, origin));
    }
    rewire(doc, originals, copies);
  }, origin);
  return copies;
}

/** Sources among copies made stage by stage. */
function rewire(doc: Y.Doc, originals: readonly Step[], copies: readonly string[]): void {
  const copyOf = new Map(originals.map((step, at) => [step.id, copies[at] ?? '']));
  originals.forEach((step, at) => {
    const entry = entryOf(doc, 'steps', copies[at] ?? '');
    for (const port of sourcePorts) {
      const copy = copyOf.get(step.sources?.[port] ?? '');
      if (entry && copy) put(entry, `in:${port}`, copy);
    }
  });
}

/** Steps cut out of a flow, in position order; what the clipboard holds. */
export type FlowFragment = { kind: FlowKind; steps: Step[] };

export function copyFragment(definition: FlowDefinition, ids: readonly string[]): FlowFragment {
  const wanted = new Set(ids);
  return { kind: definition.kind, steps: stepsOf(definition).filter((step) => wanted.has(step.id)) };
}

/** Pastes under new ids. Sources outside of the fragment stay where the flow has them, and go where it does not. */
export function pasteFragment(doc: Y.Doc, fragment: FlowFragment, place: StepPlace, origin: unknown): string[] {
  const inside = new Set(fragment.steps.map((step) => step.id));
  const kind = kindOf(doc);
  const steps = fragment.steps.filter((step) => stepType(stepKey(kind, step.type)) !== undefined).map((step): Step => {
    const kept = Object.entries(step.sources ?? {}).filter(([, source]) => source !== undefined && (inside.has(source) || isLive(doc, source)));
    return { ...step, sources: Object.fromEntries(kept) };
  });
  return insertSteps(doc, steps, place, origin);
}
