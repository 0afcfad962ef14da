import { describe, expect, it } from 'vitest';
import { between, formatBytes, formatDuration, formatOffset } from './duration';

describe('durations', () => {
  it('lose digits as they grow and never round up into the wrong unit', () => {
    const shown = [0, 40, 994, 996, 9_240, 19_960, 41_000, 59_600, 240_000, 7_200_000, 3 * 86_400_000].map((ms) => formatDuration(ms, 'en'));
    expect(shown).toEqual(['< 1 ms', '40 ms', '0.99 s', '1.0 s', '9.2 s', '20 s', '41 s', '1 min', '4 min', '2 h', '3 d']);
  });
  it('follow the language: decimal comma and days as "j" in French', () => {
    expect(formatDuration(9_240, 'fr')).toBe('9,2 s');
    expect(formatDuration(3 * 86_400_000, 'fr')).toBe('3 j');
    expect(formatBytes(1_250_000, 'fr')).toBe('1,3 Mo');
  });
  it('as offsets count on the run’s own clock', () => {
    expect([0, 9_189, 125_000, 3_725_000].map((ms) => formatOffset(ms, 'en'))).toEqual(['+0.00 s', '+9.18 s', '+2:05', '+1:02:05']);
  });
  it('are unknown while an end is unknown and never negative', () => {
    expect(between('2026-01-01T00:00:00Z', null)).toBeNull();
    expect(between('2026-01-01T00:00:02Z', '2026-01-01T00:00:00Z')).toBe(0);
  });
});
