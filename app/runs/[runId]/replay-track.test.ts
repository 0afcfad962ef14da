import { describe, expect, it } from 'vitest';
import { failure } from '#flow/failure';
import type { RunEvent } from '#flow/run-event';
import { moveBy, positionsOf, seqNear, stateAt, statesOf, stayMs, ticksOf } from './replay-track';

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const day = 86_400_000;
const events: RunEvent[] = [
  { seq: 1, type: 'run.requested', at: at(0), data: { trigger: 'api', startedBy: { id: null, name: 'API' }, version: 1, draft: false } },
  { seq: 2, type: 'run.started', at: at(50), data: { worker: 'w' } },
  { seq: 3, type: 'step.started', stepId: 'a', at: at(60), data: { itemsIn: 0 } },
  { seq: 4, type: 'step.waiting', stepId: 'a', at: at(100), data: { reason: 'answer' } },
  { seq: 5, type: 'wait.resolved', stepId: 'a', at: at(3 * day), data: {} },
  { seq: 6, type: 'step.succeeded', stepId: 'a', at: at(3 * day + 40), data: { itemsIn: 0, itemsOut: 1, durationMs: 1, warnings: 0 } },
];

describe('a replay', () => {
  it('at any event is the fold of the events up to it', () => {
    const states = statesOf(events);
    expect([0, 3, 4, 6, 99].map((seq) => stateAt(states, seq).steps['a']?.status)).toEqual([undefined, 'running', 'waiting', 'succeeded', 'succeeded']);
  });
  it('goes on from what it folded before as new events arrive', () => {
    const early = statesOf(events.slice(0, 4));
    const all = statesOf(events, early);
    expect(all).toEqual(statesOf(events));
    expect(all[2]).toBe(early[2]);
  });
  it('F71 marks where steps ended, of several on one place the first, or the first that is bad', () => {
    const ends = (stepId: string, type: 'step.succeeded' | 'step.skipped', seq: number): RunEvent => (type === 'step.skipped' ? { seq, type, stepId, at: at(0), data: { reason: 'r' } } : { seq, type, stepId, at: at(0), data: { itemsIn: 0, itemsOut: 0, durationMs: 0, warnings: 0 } });
    const failed: RunEvent = { seq: 3, type: 'step.failed', stepId: 'c', at: at(0), data: { error: failure('HTTP_TIMEOUT', { en: 'no answer', fr: 'sans réponse' }), retryable: false } };
    const log = [ends('a', 'step.succeeded', 1), ends('b', 'step.skipped', 2), failed, ends('d', 'step.succeeded', 4)];
    expect(ticksOf(log, [0.1, 0.2, 0.2, 0.9])).toEqual([{ seq: 1, bad: false, place: 0.1 }, { seq: 3, bad: true, place: 0.2 }, { seq: 4, bad: false, place: 0.9 }]);
    expect(ticksOf(events, positionsOf(events)).map((tick) => tick.seq)).toEqual([6]);
    const many = Array.from({ length: 5_000 }, (_, place) => ends('a', 'step.succeeded', place + 1));
    expect(ticksOf(many, many.map((_, place) => place / 5_000)).length).toBeLessThan(402);
  });
  it('orders events on the track and keeps days of waiting from hiding the seconds of work', () => {
    const positions = positionsOf(events);
    expect(positions[0]).toBe(0);
    expect(positions.at(-1)).toBeCloseTo(1);
    positions.slice(1).forEach((position, index) => expect(position).toBeGreaterThan(positions[index] ?? 0));
    expect((positions[3] ?? 0)).toBeGreaterThan(0.2);
    expect(positions.map((position) => seqNear(positions, position))).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('plays at most a second of silence, faster with speed', () => {
    expect([stayMs(events, 4, 1), stayMs(events, 4, 4), stayMs(events, 1, 1), stayMs(events, 6, 1)]).toEqual([1000, 250, 50, 0]);
  });
  it('moves by keys within its ends', () => {
    expect([moveBy('ArrowRight', false, 6, 6), moveBy('ArrowLeft', true, 6, 6), moveBy('Home', false, 4, 6), moveBy('End', false, 1, 6), moveBy('a', false, 1, 6)]).toEqual([6, 1, 1, 6, null]);
  });
});
