import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, platform, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startEmbeddedPostgres } from '#db/embedded-postgres';
import { ensureTemplate } from '#db/testing';

/** One measured figure. `ratio` is value / rival's value of the same run. */
export type Figure = { name: string; value: number; unit: string; rival?: string; ratio?: number; rounds: number };

const folder = dirname(fileURLToPath(import.meta.url));
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${platform()} ${release()}, Node ${process.versions.node}`;

/** Prints the figures and appends them as JSON lines to bench/results.jsonl, but for those of a try (`BENCH_QUICK=1`). */
export function report(figures: readonly Figure[]): void {
  for (const figure of figures) {
    const beside = figure.ratio === undefined ? '' : `  ${figure.ratio.toFixed(2)} × ${figure.rival ?? 'rival'}`;
    console.log(`${figure.name.padEnd(44)} ${figure.value.toFixed(2).padStart(12)} ${figure.unit}${beside}`);
    if (!process.env['BENCH_QUICK']) appendFileSync(join(folder, 'results.jsonl'), `${JSON.stringify({ ...figure, machine, at: new Date().toISOString() })}\n`);
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and range, as tables show them. */
export function spread(values: readonly number[]): string {
  const digits = median(values) >= 100 ? 0 : median(values) >= 10 ? 1 : 2;
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}

/** `q` from 0 to 1, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void main(process.argv[2] ?? ''); // not awaited: the bench imports this module

async function main(name: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const server = process.env['TEST_DATABASE_URL'] ? null : await startEmbeddedPostgres({ dataDir });
  try {
    process.env['TEST_DATABASE_URL'] ??= server?.url ?? '';
    await ensureTemplate();
    await import(pathToFileURL(join(folder, `${name}.ts`)).href);
  } finally {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
