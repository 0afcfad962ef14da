import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Sql } from 'postgres';
import { log, reasonOf } from '#db/log';

/**
 * What an engine process tells of itself. An engine has no port: its figures lie on its worker's row, where `/metrics` of
 * any web process finds those of all engines alive. Labels are step types, of which the registry has a bounded number.
 */
export type Figures = ReturnType<typeof createFigures>;
const publishEveryMs = 5_000;
const firstAfterMs = 1_000;
const fast = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];
const slow = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];

export function createFigures() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    live: new Gauge({ name: 'millrace_engine_runs', help: 'Runs this engine holds', registers }),
    claimed: new Counter({ name: 'millrace_claims_total', help: 'Runs claimed', registers }),
    claimSeconds: new Histogram({ name: 'millrace_claim_seconds', help: 'Time from when a run was due until it was claimed', buckets: slow, registers }),
    appendRuns: new Histogram({ name: 'millrace_append_runs', help: 'Runs in one append batch', buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256], registers }),
    appendEvents: new Histogram({ name: 'millrace_append_events', help: 'Events in one append batch', buckets: [1, 4, 16, 64, 256, 1_024, 4_096], registers }),
    appendSeconds: new Histogram({ name: 'millrace_append_seconds', help: 'Time of one append, commit included', buckets: fast, registers }),
    fenced: new Counter({ name: 'millrace_fenced_total', help: 'Appends refused because the run belongs to another worker', registers }),
    stepSeconds: new Histogram({ name: 'millrace_step_seconds', help: 'Time of one attempt of a step', labelNames: ['type'], buckets: slow, registers }),
    stepFailures: new Counter({ name: 'millrace_step_failures_total', help: 'Attempts of steps that failed', labelNames: ['type'], registers }),
  };
}

/** Begins when the engine is at work already. Returns how to stop. */
export function publishFigures(sql: Sql, workerId: string, figures: Figures): () => void {
  let busy = false;
  const publish = async () => {
    if (busy) return;
    busy = true;
    try {
      const values = JSON.stringify(await figures.registry.getMetricsAsJSON());
      await sql`update workers set figures = ${values}::text::jsonb where id = ${workerId}`;
    } catch (error) {
      log('warning', 'figures were not published', { reason: reasonOf(error) });
    } finally {
      busy = false;
    }
  };
  const first = setTimeout(() => {
    collectDefaultMetrics({ register: figures.registry, prefix: 'millrace_engine_', gcDurationBuckets: [0.01, 0.1, 1] });
    void publish();
  }, firstAfterMs);
  const timer = setInterval(() => void publish(), publishEveryMs);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
