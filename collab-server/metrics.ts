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
    watchers: new Gauge({ name: 'millrace_live_sockets', help: 'Socket.IO sockets connected', registers }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
