import type { Sql } from 'postgres';
import { z } from 'zod';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per server, so that several may run in one process under test. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'millrace_' });
  const registers = [registry];
  return {
    registry,
    rooms: new Gauge({ name: 'millrace_rooms', help: 'Flow rooms open in this process', registers }),
    editors: new Gauge({ name: 'millrace_room_sockets', help: 'Co-editing sockets connected to rooms of this process', registers }),
    updates: new Counter({ name: 'millrace_updates_total', help: 'Document updates committed', registers }),
    refusals: new Counter({ name: 'millrace_socket_refusals_total', help: 'Co-editing sockets closed with a code of ours', labelNames: ['code'], registers }),
    commitSeconds: new Histogram({ name: 'millrace_commit_seconds', help: 'Time of one group commit', buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2], registers }),
    queue: new Gauge({ name: 'millrace_queue_runs', help: 'Runs that have not ended, by the state of their slot', labelNames: ['state'], registers }),
    due: new Gauge({ name: 'millrace_queue_due', help: 'Runs that are due and held by nobody', registers }),
    streamLagSeconds: new Histogram({ name: 'millrace_stream_lag_seconds', help: 'Time from an event until it was sent to its live watchers', buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5], registers }),
    watchers: new Gauge({ name: 'millrace_live_sockets', help: 'Socket.IO sockets connected', registers }),
  };
}

/**
 * The figures of this process, of every engine alive (each puts its own on its worker's row), and of the queue they
 * share. Engines are told apart by host and pid, so there are as many series as there are engines.
 */
export async function metricsText(metrics: Metrics, sql: Sql): Promise<string> {
  const [engines, queue] = await Promise.all([
    sql<{ engine: string; figures: unknown }[]>`select host || '/' || pid as engine, figures from workers where lease_until >= now() and figures is not null order by 1`,
    sql<{ state: string; runs: number; due: number }[]>`select state, count(*)::int as runs, count(*) filter (where ready_at <= now())::int as due from run_slots group by state`,
  ]).catch((error: unknown) => {
    console.error('metrics: the database did not answer:', error instanceof Error ? error.message : error);
    return [[], []];
  });
  metrics.queue.reset();
  for (const state of ['ready', 'leased', 'waiting']) metrics.queue.set({ state }, queue.find((each) => each.state === state)?.runs ?? 0);
  metrics.due.set(queue.filter((each) => each.state !== 'leased').reduce((sum, each) => sum + each.due, 0));
  const own = await metrics.registry.metrics();
  return engines.length === 0 ? own : `${own}\n${textOf(engines.map(({ engine, figures }) => published.array().parse(figures).map((figure) => labelled(figure, engine))))}`;
}

const published = z.object({
  name: z.string(), help: z.string(), type: z.enum(['counter', 'gauge', 'histogram', 'summary']), aggregator: z.string().optional(),
  values: z.array(z.object({ value: z.number().nullable(), labels: z.record(z.string(), z.union([z.string(), z.number()])).optional(), metricName: z.string().optional() })),
});
type Published = z.infer<typeof published>;

const labelled = (figure: Published, engine: string): Published => ({ ...figure, values: figure.values.map((each) => ({ ...each, labels: { engine, ...each.labels } })) });

/** The exposition format: one HELP and TYPE a figure, however many engines have it. */
function textOf(engines: Published[][]): string {
  const byName = new Map<string, Published>();
  for (const figure of engines.flat()) byName.set(figure.name, { ...figure, values: [...(byName.get(figure.name)?.values ?? []), ...figure.values] });
  const quoted = (value: string | number) => String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return [...byName.values()].map(({ name, help, type, values }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values.filter((each) => each.value !== null).map(({ metricName, labels, value }) =>
    `${metricName ?? name}{${Object.entries(labels ?? {}).map(([key, label]) => `${key}="${quoted(label)}"`).join(',')}} ${value}`)].join('\n')).join('\n\n').concat('\n');
}

export type Metrics = ReturnType<typeof createMetrics>;
