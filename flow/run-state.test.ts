import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure } from './failure';
import { parseRunEvent, upgradeEvent, type RunEvent } from './run-event';
import { evolve, foldEvents, initialRunState, isEnded, type RunState } from './run-state';

const at = (seq: number) => new Date(Date.UTC(2026, 0, 1) + seq * 1_000).toISOString();
const person = { id: 'usr_1', name: 'Ana' };
const error = failure('TYPE_MISMATCH', { en: 'no', fr: 'non' });
type Bare = { [T in RunEvent['type']]: Pick<Extract<RunEvent, { type: T }>, 'type' | 'data'> & { stepId?: string; attempt?: number } }[RunEvent['type']];
const log = (...events: Bare[]): RunEvent[] => events.map((event, place) => ({ ...event, seq: place + 1, at: at(place) }));
const seen = (...events: Bare[]): RunState => foldEvents(initialRunState, log(...events));

const requested: Bare = { type: 'run.requested', data: { trigger: 'api', startedBy: person, version: 1, draft: false } };
const started: Bare = { type: 'run.started', data: { worker: 'w' } };
const begin = (stepId: string): Bare => ({ type: 'step.started', stepId, attempt: 1, data: { itemsIn: 2 } });
const done = (stepId: string, more = {}): Bare => ({ type: 'step.succeeded', stepId, data: { itemsIn: 2, itemsOut: 1, durationMs: 5, warnings: 1, ...more } });
const wait = (stepId: string): Bare => ({ type: 'step.waiting', stepId, data: { reason: 'r' } });
const broke = (stepId: string): Bare => ({ type: 'step.failed', stepId, data: { error, retryable: false } });

describe('a run as its events tell it', () => {
  test('F38 it runs while a step moves, and waits when something waits and nothing moves', () => {
    expect(seen(requested).status).toBe('queued');
    expect(seen(requested, started, begin('a'), wait('a'), begin('b')).status).toBe('running');
    expect(seen(requested, started, begin('a'), wait('a'), begin('b'), done('b')).status).toBe('waiting');
    expect(seen(requested, started, begin('a'), wait('a'), begin('a'), done('a')).status).toBe('running');
  });

  test('F38 the first response counts, and warnings add up', () => {
    const state = seen(requested, started, done('a', { responded: true }), done('b', { responded: true }));
    expect(state).toMatchObject({ responded: true, respondedBy: 'a', warnings: 2, steps: { a: { status: 'succeeded', itemsOut: 1 } } });
  });

  test('F38 resuming opens what failed and keeps what succeeded', () => {
    const state = seen(requested, started, done('a'), broke('b'), { type: 'run.failed', data: { error } }, { type: 'run.resumed', data: { by: person, fromStep: 'b', version: 1 } });
    expect(state).toMatchObject({ status: 'queued', error: null, finishedAt: null, steps: { a: { status: 'succeeded' }, b: { status: 'pending', error: null } } });
  });

  test('F38 cancelling stops what is open and leaves what is done', () => {
    const state = seen(requested, started, done('a'), begin('b'), { type: 'cancel.requested', data: { by: person } }, { type: 'run.cancelled', data: {} });
    expect(state).toMatchObject({ status: 'cancelled', cancelRequested: true, steps: { a: { status: 'succeeded' }, b: { status: 'cancelled' } } });
    expect(isEnded(state.status)).toBe(true);
  });

  test('F38 a pause stops nothing that waits, counts for itself, and changes no run that is over', () => {
    const paused: Bare = { type: 'run.paused', data: { by: person } };
    const unpaused: Bare = { type: 'run.unpaused', data: { by: person } };
    expect(seen(requested, started, begin('a'), paused, done('a')).status).toBe('paused');
    expect(seen(requested, started, begin('a'), wait('a'), paused, unpaused)).toMatchObject({ status: 'waiting', pausedMs: 1_000, pausedAt: null });
    expect(seen(requested, started, paused, paused, unpaused, unpaused)).toMatchObject({ status: 'running', pausedMs: 2_000 });
    expect(seen(requested, started, { type: 'run.succeeded', data: { warnings: 0 } }, paused).status).toBe('succeeded');
  });

  test('F38 a step named like a built-in is a step like others', () => {
    expect(seen(requested, started, begin('constructor')).steps['constructor']).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('F38 events of older versions are read as today’s, those without what was added later too', () => {
    const upgrades = { 'timer.set': { 1: (data: unknown) => ({ at: String(data) }), 2: (data: unknown) => ({ ...(data as object), late: false }) } };
    expect(upgradeEvent({ type: 'timer.set', seq: 1, at: at(1), data: 'noon' }, upgrades)).toEqual({ type: 'timer.set', seq: 1, at: at(1), version: 3, data: { at: 'noon', late: false } });
    expect(upgradeEvent({ type: 'timer.set', version: 2, data: { at: 'noon' } }, upgrades)).toEqual({ type: 'timer.set', version: 3, data: { at: 'noon', late: false } });
    const first = { seq: 1, at: at(1), type: 'run.requested', data: { trigger: 'api', startedBy: person, version: 1, draft: false } };
    expect(upgradeEvent(first)).toBe(first);
    expect(foldEvents(initialRunState, [parseRunEvent(first), parseRunEvent({ seq: 2, at: at(2), type: 'step.started', stepId: 'a', attempt: 1, data: { itemsIn: 1 } })])).toMatchObject({ fork: null, steps: { a: { status: 'running', reused: false } } });
    expect(() => parseRunEvent({ seq: 1, at: at(1), type: 'run.imagined', data: {} })).toThrow();
  });

  const step = fc.constantFrom('a', 'b', 'c');
  const any: fc.Arbitrary<Bare> = fc.oneof(
    step.map(begin), step.map((each) => done(each)), step.map(wait), step.map(broke), step.map((stepId): Bare => ({ type: 'step.retry_scheduled', stepId, data: { at: at(9), attempt: 2, of: 3 } })),
    step.map((stepId): Bare => ({ type: 'step.skipped', stepId, data: { reason: 'x' } })), step.map((stepId): Bare => ({ type: 'step.progress', stepId, data: { done: 1 } })), step.map((stepId): Bare => ({ type: 'wait.resolved', stepId, data: {} })),
    step.map((fromStep): Bare => ({ type: 'run.resumed', data: { by: person, fromStep, version: 1 } })),
    fc.constantFrom<Bare>(started, { type: 'run.cancelled', data: {} }, { type: 'run.failed', data: { error } }, { type: 'run.succeeded', data: { warnings: 0 } }, { type: 'run.paused', data: { by: person } }, { type: 'run.unpaused', data: { by: person } }, { type: 'timer.fired', data: {} }),
  );

  test('F38 folding at once, one by one, and in two parts gives the same, and changes nothing given', () => {
    let folded = 0;
    fc.assert(fc.property(fc.array(any, { maxLength: 40 }), fc.nat(40), (bare, cut) => {
      const events = log(requested, ...bare);
      const whole = events.reduce(evolve, initialRunState);
      const first = foldEvents(initialRunState, events.slice(0, cut));
      const kept = structuredClone(first);
      expect(foldEvents(initialRunState, events)).toEqual(whole);
      expect(foldEvents(first, events.slice(cut))).toEqual(whole);
      expect(first).toEqual(kept);
      expect(initialRunState.steps).toEqual({});
      folded += events.length;
    }), { numRuns: 400, seed: 11 });
    expect(folded).toBeGreaterThan(2_000);
  });

  test('F13 a log of 10,000 steps folds in proportion to its length', () => {
    const events = log(requested, started, ...Array.from({ length: 10_000 }, (_, place) => [begin(`s${place}`), done(`s${place}`)]).flat());
    const { user: before } = process.cpuUsage();
    expect(Object.keys(foldEvents(initialRunState, events).steps)).toHaveLength(10_000);
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
  });
});
