import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';

/**
 * OpenTelemetry traces over OTLP/HTTP JSON, from a request to its run, its steps and their calls out. Off, and free but
 * for one comparison, unless OTEL_EXPORTER_OTLP_ENDPOINT is set. A collector that is away loses spans, never work.
 */
type Attributes = Record<string, string | number | boolean>;
type Kind = 'internal' | 'server' | 'client';
export type Span = { traceId: string; spanId: string; parentId: string | null; name: string; kind: Kind; startMs: number; attributes: Attributes };
type Ended = Span & { endMs: number; error: string | null };

const kinds: Record<Kind, number> = { internal: 1, server: 2, client: 3 };
const sendEveryMs = 1_000;
const mostWaiting = 4_096;
const mostPerRequest = 512;
const sendTimeoutMs = 5_000;
type State = { current: AsyncLocalStorage<Span>; exporter: { url: string; headers: Record<string, string>; service: string } | null; waiting: Ended[]; timer: NodeJS.Timeout | null };

/** One per process, however many bundles Next makes of this file. */
const slot = Symbol.for('millrace.trace');
const holder: typeof globalThis & { [slot]?: State } = globalThis;
const own: State = (holder[slot] ??= { current: new AsyncLocalStorage(), exporter: null, waiting: [], timer: null });

export function startTracing(service: string, source: Record<string, string | undefined> = process.env): void {
  const endpoint = source['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || own.exporter) return;
  const headers = Object.fromEntries((source['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split(',').flatMap((pair) => {
    const [name, ...value] = pair.split('=');
    return name && value.length > 0 ? [[name.trim(), decodeURIComponent(value.join('=').trim())]] : [];
  }));
  own.exporter = { url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers, service: source['OTEL_SERVICE_NAME'] ?? service };
  followCallsOut();
}

export function isTracing(): boolean {
  return own.exporter !== null;
}

/** The work as a span below the current one, or below `parent` (a W3C traceparent). */
export async function traced<T>(name: string, attributes: Attributes, work: () => Promise<T>, options: { parent?: string | null; kind?: Kind } = {}): Promise<T> {
  if (own.exporter === null) return work();
  const span = open(name, attributes, options.kind ?? 'internal', parsed(options.parent) ?? own.current.getStore() ?? null);
  try {
    const result = await own.current.run(span, work);
    close(span, null);
    return result;
  } catch (error) {
    close(span, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Facts that are only known inside. */
export function tell(attributes: Attributes): void {
  const span = own.exporter === null ? undefined : own.current.getStore();
  if (span) Object.assign(span.attributes, attributes);
}

/** What others need to hang their spans below the current one; null when nothing is traced. */
export function traceparent(): string | null {
  const span = own.exporter === null ? undefined : own.current.getStore();
  return span ? headerOf(span) : null;
}

export async function stopTracing(): Promise<void> {
  if (own.timer) clearTimeout(own.timer);
  own.timer = null;
  await send();
  own.exporter = null;
}

const headerOf = (span: Span) => `00-${span.traceId}-${span.spanId}-01`;

function parsed(given: string | null | undefined): { traceId: string; spanId: string } | null {
  const [, traceId, spanId] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(given ?? '') ?? [];
  return traceId && spanId && !/^0+$/.test(traceId) ? { traceId, spanId } : null;
}

function open(name: string, attributes: Attributes, kind: Kind, parent: { traceId: string; spanId: string } | null): Span {
  return { traceId: parent?.traceId ?? randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), parentId: parent?.spanId ?? null, name, kind, startMs: Date.now(), attributes };
}

function close(span: Span, error: string | null): void {
  if (own.waiting.length < mostWaiting) own.waiting.push({ ...span, endMs: Date.now(), error });
  own.timer ??= setTimeout(() => {
    own.timer = null;
    void send();
  }, sendEveryMs).unref();
}

async function send(): Promise<void> {
  while (own.exporter && own.waiting.length > 0) {
    const spans = own.waiting.splice(0, mostPerRequest);
    const { url, headers, service } = own.exporter;
    const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: attributesOf({ 'service.name': service, 'process.pid': process.pid }) }, scopeSpans: [{ scope: { name: 'millrace' }, spans: spans.map(wire) }] }] });
    // Outside of any span, or sending would make spans to send.
    // oxlint-disable-next-line no-restricted-globals -- the collector is the operator's own, named by the environment: no person chooses this address
    const sent = await own.current.exit(() => fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(sendTimeoutMs) }).then((answer) => answer.ok, () => false));
    if (!sent) own.waiting = [];
  }
}

function wire(span: Ended) {
  return {
    traceId: span.traceId, spanId: span.spanId, ...(span.parentId === null ? {} : { parentSpanId: span.parentId }), name: span.name, kind: kinds[span.kind],
    startTimeUnixNano: `${span.startMs}000000`, endTimeUnixNano: `${span.endMs}000000`, attributes: attributesOf(span.attributes), status: span.error === null ? { code: 1 } : { code: 2, message: span.error.slice(0, 500) },
  };
}

function attributesOf(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }));
}

type UndiciRequest = { origin?: unknown; method?: unknown; path?: unknown; addHeader?: (name: string, value: string) => void };
const isRequest = (message: unknown): message is { request: UndiciRequest; response?: { statusCode?: unknown }; error?: unknown } => typeof message === 'object' && message !== null && 'request' in message && typeof message.request === 'object' && message.request !== null;

/** Every call by fetch or undici inside a span is a span of its own, and carries it on to the other side. */
function followCallsOut(): void {
  const calls = new WeakMap<object, Span>();
  channel('undici:request:create').subscribe((message) => {
    const parent = own.current.getStore();
    if (!isRequest(message) || !parent) return;
    const origin = URL.canParse(String(message.request.origin)) ? new URL(String(message.request.origin)) : null;
    // Host and method only: paths and queries may hold secrets.
    const span = open(`${String(message.request.method)} ${origin?.host ?? ''}`, { 'http.request.method': String(message.request.method), 'server.address': origin?.hostname ?? '', 'server.port': Number(origin?.port || 0) }, 'client', parent);
    calls.set(message.request, span);
    message.request.addHeader?.('traceparent', headerOf(span));
  });
  const ended = (message: unknown, status: number | null, error: string | null) => {
    if (!isRequest(message)) return;
    const span = calls.get(message.request);
    if (!span) return;
    calls.delete(message.request);
    if (status !== null) span.attributes['http.response.status_code'] = status;
    close(span, error);
  };
  channel('undici:request:headers').subscribe((message) => isRequest(message) && ended(message, Number(message.response?.statusCode ?? 0), null));
  channel('undici:request:error').subscribe((message) => isRequest(message) && ended(message, null, message.error instanceof Error ? message.error.message : 'failed'));
}
