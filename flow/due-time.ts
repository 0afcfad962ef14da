/** Durations as people and programs write them: ISO 8601 (`P2D`, `PT4H30M`) or short (`2d`, `4h`, `30m`, `45s`, `1w`). */
const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
export const longestDurationMs = 10 * 365 * 86_400_000;
const iso = /^P(?=.)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/;

/** Milliseconds; null for what is no duration, nothing at all, or longer than ten years. */
export function durationMs(written: string): number | null {
  const ms = Math.round(1_000 * (shortSeconds(written) ?? isoSeconds(written) ?? 0));
  return ms > 0 && ms <= longestDurationMs ? ms : null;
}

function shortSeconds(written: string): number | undefined {
  const [, count, unit] = /^\s*(\d{1,9})\s*([smhdw])\s*$/.exec(written) ?? [];
  return count === undefined || unit === undefined ? undefined : Number(count) * (secondsOf[unit] ?? 0);
}

function isoSeconds(written: string): number | undefined {
  const parts = iso.exec(written.trim());
  if (!parts) return undefined;
  return parts.slice(1).reduce((sum, part, place) => sum + Number(part ?? 0) * ([604_800, 86_400, 3_600, 60, 1][place] ?? 0), 0);
}
