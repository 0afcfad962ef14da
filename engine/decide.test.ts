import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from '#flow/failure';
import { flowDefinition, type Step } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import { evolve, initialRunState, isEnded, type RunState } from '#flow/run-state';
import { decide, type Decision } from './decide';
import { planOf, type Plan } from './plan';

/**
 * Random flows under random luck: the same pure functions the engine uses, moved by a loop that fails, retries, waits,
 * crashes and cancels at will. Seeds that once failed are pinned in `examples`.
 */
const types = ['distinct', 'group-by', 'write-response', 'export-to-file'] as const;
const node = fc.record({ type: fc.constantFrom(...types), source: fc.nat(), disabled: fc.boolean() });
const luck = fc.array(fc.constantFrom('good', 'good', 'good', 'empty', 'fail', 'retry', 'wait', 'crash', 'cancel'), { minLength: 5, maxLength: 60 });
type Luck = 'good' | 'empty' | 'fail' | 'retry' | 'wait' | 'crash' | 'cancel';

function planFrom(nodes: readonly { type: string; source: number; disabled: boolean }[]): Plan {
  const steps: Step[] = [{ id: 's0', type: 'get-raw-model', name: 's0' }];
  nodes.forEach((each, at) => steps.push({ id: `s${at + 1}`, type: each.type, name: `s${at + 1}`, sources: { source: `s${each.source % (at + 1)}` }, ...(each.disabled && at % 3 === 0 ? { disabled: true } : {}) }));
  return planOf(flowDefinition.parse({ schema: 1, kind: 'dataflow', name: 'f', lanes: [{ id: 'main', stages: [{ id: 'g', name: 'g', steps }] }] }));
}

type World = { state: RunState; events: RunEvent[]; due: Set<string>; clock: number; decisions: number };
type Loose = { type: RunEvent['type']; stepId?: string; attempt?: number; iteration?: number; data: object };

function play(plan: Plan, fates: readonly Luck[]): World {
  const world: World = { state: initialRunState, events: [], due: new Set(), clock: 1_000, decisions: 0 };
  const tell = (event: Loose) => {
    const full = { ...event, seq: world.state.seq + 1, at: new Date(world.clock).toISOString() } as RunEvent; // Built from the closed list below.
    world.events.push(full);
    world.state = evolve(world.state, full);
  };
  tell({ type: 'run.requested', data: { trigger: 'api', startedBy: { id: null, name: '' }, version: 1, draft: false } });
  tell({ type: 'run.started', data: { worker: 'w' } });
  for (; world.decisions < 2_000 && !isEnded(world.state.status); world.decisions++) {
    world.clock += 10;
    const decision = decide(world.state, plan, { due: world.due, now: new Date(world.clock).toISOString(), busy: new Set() });
    carryOut(world, plan, decision, fates[world.decisions] ?? 'good', tell);
  }
  return world;
}

function carryOut(world: World, plan: Plan, decision: Decision, fate: Luck, tell: (event: Loose) => void): void {
  switch (decision.do) {
    case 'skip':
      return tell({ type: 'step.skipped', stepId: decision.stepId, data: { reason: decision.reason } });
    case 'succeed':
      return tell({ type: 'run.succeeded', data: { warnings: 0 } });
    case 'fail':
      return tell({ type: 'run.failed', data: { error: decision.error } });
    case 'cancel':
      return tell({ type: 'run.cancelled', data: {} });
    case 'park':
      world.clock += 10_000;
      for (const [id, step] of Object.entries(world.state.steps)) if (step.status === 'waiting') world.due.add(id);
      return;
    case 'start': case 'continue': {
      const own = { stepId: decision.stepId, attempt: decision.do === 'start' ? decision.attempt : (world.state.steps[decision.stepId]?.attempt ?? 1), iteration: 0 };
      world.due.delete(decision.stepId);
      if (decision.do === 'start') tell({ type: 'step.started', ...own, data: { itemsIn: 1 } });
      const answers = plan.steps.get(decision.stepId)?.type === 'write-response';
      const error = failure('TYPE_MISMATCH', { en: 'no', fr: 'non' }, { stepId: decision.stepId });
      if (fate === 'crash') return;
      if (fate === 'cancel') return tell({ type: 'cancel.requested', data: { by: { id: null, name: '' } } });
      if (fate === 'wait') return tell({ type: 'step.waiting', ...own, data: { reason: 'child' } });
      if (fate === 'fail' || fate === 'retry') tell({ type: 'step.failed', ...own, data: { error, retryable: fate === 'retry' } });
      if (fate === 'fail') return;
      if (fate === 'retry') return tell({ type: 'step.retry_scheduled', ...own, data: { at: new Date(world.clock + 1_000).toISOString(), attempt: own.attempt + 1, of: 3 } });
      tell({ type: 'step.succeeded', ...own, data: { itemsIn: 1, itemsOut: fate === 'empty' ? 0 : 2, durationMs: 1, warnings: 0, many: true, ...(answers && !world.state.responded ? { responded: true } : {}) } });
    }
  }
}

describe('decide and evolve', () => {
  test('R11 R12 R13 R14 every random flow ends under every luck, in order and once a step', () => {
    let [ended, started] = [0, 0];
    fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 12 }), luck, (nodes, fates) => {
      const plan = planFrom(nodes);
      const { state, events } = play(plan, fates);
      expect(isEnded(state.status)).toBe(true);
      ended += 1;
      const done = new Set<string>();
      let failed = false;
      for (const event of events) {
        if (event.type === 'step.started') {
          started += 1;
          expect(failed, 'R14: a step started after one had failed').toBe(false);
          for (const source of plan.graph.sourcesOf(event.stepId ?? '')) expect(done.has(source.stepId), 'R11: a step ran before its source').toBe(true);
        }
        if (event.type === 'step.succeeded' || event.type === 'step.skipped') {
          expect(done.has(event.stepId ?? ''), 'R8: twice').toBe(false);
          done.add(event.stepId ?? '');
        }
        if (event.type === 'step.failed') failed = !event.data.retryable;
      }
      expect(events.filter((event) => event.type === 'step.succeeded' && event.data.responded).length).toBeLessThanOrEqual(1);
      if (state.status === 'succeeded') expect(done.size).toBe(plan.steps.size);
      const whole = events.reduce(evolve, initialRunState);
      expect(whole).toEqual(state);
    }), { numRuns: process.env['MILLRACE_LONG'] ? 10_000 : 1_500, seed: Number(process.env['MILLRACE_SEED'] ?? 20_260_131) });
    expect(ended).toBeGreaterThan(1_000);
    expect(started).toBeGreaterThan(ended);
  });

  test('R11 the same state gives the same decision, and a crash is a restart', () => {
    fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), luck, (nodes, fates) => {
      const plan = planFrom(nodes);
      const { events } = play(plan, fates);
      for (let cut = 1; cut < events.length; cut++) {
        const state = events.slice(0, cut).reduce(evolve, initialRunState);
        const situation = { due: new Set<string>(), busy: new Set<string>(), now: '2026-01-01T00:00:00.000Z' };
        expect(decide(state, plan, situation)).toEqual(decide(structuredClone(state), plan, situation));
      }
    }), { numRuns: 150, seed: 7 });
  });
});
