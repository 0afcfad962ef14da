import type { FlowDefinition, Step } from '#flow/flow';
import type { RunState } from '#flow/run-state';
import { namesOf, runOfStep, sameRunOfStep, type RunOfStep } from './card-view';
import { laneFates, passedSteps, type LaneFate } from './lane-fate';

/** The attached run as the canvas draws it. */
export type RunShown = { run: RunState | null; fates: ReadonlyMap<string, LaneFate> };

/** Each card, lane and link reads its own part, so that an event draws again only what it changes. */
export type RunBoard = {
  show: (definition: FlowDefinition, run: RunState | null) => void;
  get: () => RunShown;
  /** The same object as before while nothing of this step changed. */
  ofStep: (step: Step) => RunOfStep | null;
  subscribe: (listener: () => void) => () => void;
};

export function createRunBoard(): RunBoard {
  const listeners = new Set<() => void>();
  const known = new Map<string, RunOfStep>();
  let of: FlowDefinition | null = null;
  let shown: RunShown = { run: null, fates: new Map() };
  let names: ReadonlyMap<string, string> = new Map();
  let passed: ReadonlySet<string> = new Set();
  return {
    show: (definition, run) => {
      if (definition === of && run === shown.run) return;
      if (definition !== of) names = namesOf(definition);
      of = definition;
      shown = { run, fates: laneFates(definition, run) };
      passed = passedSteps(definition, shown.fates);
      for (const listener of listeners) listener();
    },
    get: () => shown,
    ofStep: (step) => {
      const now = runOfStep(shown.run, step, names, passed);
      const before = known.get(step.id) ?? null;
      if (before === null || now === null || !sameRunOfStep(before, now)) {
        if (now) known.set(step.id, now);
        return now;
      }
      return before;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
