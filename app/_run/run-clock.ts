import type { RunState } from '#flow/run-state';

/**
 * Milliseconds on the run's own clock now. The server stamps events, so a browser whose clock is behind the last event
 * shows that event's time rather than a time before it.
 */
export function runsClock(state: RunState, originMs: number, nowMs: number): number {
  const last = state.at === null ? originMs : Date.parse(state.at);
  return Math.max(last, nowMs) - originMs;
}
