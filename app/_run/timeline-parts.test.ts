import { describe, expect, it } from 'vitest';
import type { FlowDefinition } from '#flow/flow';
import { failure } from '#flow/failure';
import type { NewRunEvent, RunEvent } from '#flow/run-event';
import { axisStep, createTimeline, timelineOf } from './timeline-parts';

const definition: FlowDefinition = {
  schema: 1, kind: 'dataflow', name: 'Two', lanes: [{ id: 'main', stages: [{ id: 's', name: 'S', steps: [
    { id: 'a', type: 'get-raw-model', name: 'Given' }, { id: 'b', type: 'distinct', name: 'Each once', sources: { source: 'a' } },
  ] }] }],
};
const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const number = (events: NewRunEvent[]): RunEvent[] => events.map((event, index) => ({ ...event, seq: index + 1 }));
const requested: NewRunEvent = { type: 'run.requested', at: at(0), data: { trigger: 'api', startedBy: { id: null, name: 'API' }, version: 1, draft: false } };
const done = (stepId: string, ms: number): NewRunEvent => ({ type: 'step.succeeded', stepId, at: at(ms), data: { itemsIn: 1, itemsOut: 1, durationMs: 1, warnings: 0 } });
const begun = (stepId: string, ms: number): NewRunEvent => ({ type: 'step.started', stepId, at: at(ms), data: { itemsIn: 1 } });
const error = failure('HTTP_TIMEOUT', { en: 'no answer', fr: 'sans réponse' });

describe('the timeline of a run', () => {
  it('shows a queue from the end of the sources to the start, and no queue when there was none', () => {
    const view = timelineOf(definition, number([requested, begun('a', 300), done('a', 500), begun('b', 500), done('b', 900)]));
    expect(view.rows.map((row) => row.parts)).toEqual([
      [{ kind: 'queue', from: 0, to: 300 }, { kind: 'ok', from: 300, to: 500 }],
      [{ kind: 'ok', from: 500, to: 900 }],
    ]);
    expect(view.endMs).toBe(900);
  });
  it('alternates failed attempts and the pauses between them, the last part open while it runs', () => {
    const view = timelineOf(definition, number([
      requested, begun('a', 0), { type: 'step.failed', stepId: 'a', at: at(100), data: { error, retryable: true } },
      { type: 'step.retry_scheduled', stepId: 'a', at: at(100), data: { at: at(200), attempt: 2, of: 3 } }, begun('a', 200),
    ]));
    expect(view.rows[0]?.parts).toEqual([
      { kind: 'fail', from: 0, to: 100 }, { kind: 'retry', from: 100, to: 200 }, { kind: 'run', from: 200, to: null },
    ]);
  });
  it('opens one wait however many events say so, and closes everything when the run is cancelled', () => {
    const view = timelineOf(definition, number([
      requested, begun('a', 0), { type: 'step.waiting', stepId: 'a', at: at(10), data: { reason: 'answer' } },
      { type: 'wait.opened', stepId: 'a', at: at(10), data: { kind: 'confirmation' } }, { type: 'run.cancelled', at: at(60), data: {} },
    ]));
    expect(view.rows[0]?.parts).toEqual([{ kind: 'ok', from: 0, to: 10 }, { kind: 'wait', from: 10, to: 60 }]);
  });
  it('F71 followed event by event it shows the same as at once, and rows to which nothing happened stay the same', () => {
    const log = number([
      requested, begun('a', 0), { type: 'step.progress', stepId: 'a', at: at(20), data: { done: 1, total: 2 } }, { type: 'step.failed', stepId: 'a', at: at(100), data: { error, retryable: true } },
      { type: 'step.retry_scheduled', stepId: 'a', at: at(100), data: { at: at(200), attempt: 2, of: 3 } }, begun('a', 200), done('a', 500), begun('b', 500), { type: 'run.cancelled', at: at(900), data: {} },
    ]);
    const follow = createTimeline(definition);
    let before = follow([]);
    const kept = log.map((_, place) => {
      const now = follow(log.slice(0, place + 1));
      expect(now, `after event ${place + 1}`).toEqual(timelineOf(definition, log.slice(0, place + 1)));
      const same = now.rows.map((row, at) => row === before.rows[at]);
      before = now;
      return same;
    });
    expect(kept.map(([a, b]) => `${a ? 'a' : '-'}${b ? 'b' : '-'}`)).toEqual(['ab', '-b', '-b', '-b', '-b', '-b', '-b', 'a-', 'a-']);
    expect(follow(log), 'nothing new').toEqual(timelineOf(definition, log));
    expect(follow(number([requested, begun('b', 5)])), 'another log').toEqual(timelineOf(definition, number([requested, begun('b', 5)])));
  });
  it('has an axis of round steps that never draws more marks than asked for', () => {
    for (const span of [1, 37, 900, 14_000, 59_000, 400_000, 9_000_000, 500_000_000]) expect(span / axisStep(span, 7)).toBeLessThanOrEqual(7);
    expect([14_000, 900, 400_000].map((span) => axisStep(span, 7))).toEqual([2_000, 200, 60_000]);
  });
});
