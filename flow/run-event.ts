import { z } from 'zod';
import { errorCode } from './error-code';
import type { Failure } from './failure';
import type { Json } from './json';

/**
 * Everything that can happen in a run (protocols.md, "Event data"). Events are only ever added to; each carries the
 * version of its shape, and `upgradeEvent` turns an older one into today's.
 */
export const eventVersion = 1;
const json: z.ZodType<Json> = z.json();
const iso = z.string();
const text = z.object({ en: z.string(), fr: z.string() });

export const failureShape: z.ZodType<Failure> = z.object({
  code: errorCode,
  message: z.string(),
  text,
  stepId: z.string().exactOptional(),
  itemIndex: z.number().exactOptional(),
  path: z.string().exactOptional(),
  details: json.exactOptional(),
});

const startedBy = z.object({ id: z.string().nullable(), name: z.string() });
const none = z.object({});
const by = z.object({ by: startedBy });

/** `true`: all effects of the flow; a list: those of these steps, the others pass their source on. */
const allowEffects = z.union([z.boolean(), z.array(z.string())]);
/** `input`: how many items were given by hand to each port of `fromStep`; they stand in the blob of the event. */
const fork = z.object({ runId: z.string(), seq: z.number(), fromStep: z.string(), allowEffects, input: z.record(z.string(), z.number()).optional() });
export type Fork = z.infer<typeof fork>;

/** In a fork: recorded by the run it was forked from. */
const reused = z.boolean().optional();

/** `ref` is the blob with recorded items or a value; it never leaves the server. */
const shapes = {
  'run.requested': z.object({
trigger: z.string(), startedBy, version: z.number().nullable(), draft: z.boolean(), parentRunId: z.string().nullable().optional(), triggerName: z.string().optional(),
    /** A fork: whose recorded results stand for the steps before `fromStep`, up to which event, and which effects may happen. */
    fork: fork.optional(),
  }),
  'run.started': z.object({ worker: z.string() }),
  'lease.taken': z.object({ worker: z.string(), fence: z.number() }),
  'step.started': z.object({ itemsIn: z.number(), reused }),
  'step.progress': z.object({ done: z.number(), total: z.number().optional() }),
  'step.logged': z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string(), text: text.optional() }),
  'step.succeeded': z.object({
    itemsIn: z.number(), itemsOut: z.number(), durationMs: z.number(), warnings: z.number(),
    many: z.boolean().optional(),
    reused,
    /** True when this step answered the caller. */
    responded: z.boolean().optional(),
    /** Workflow: where the script goes on. */
    next: z.discriminatedUnion('to', [
      z.object({ to: z.literal('next') }), z.object({ to: z.literal('lane'), case: z.string() }),
      z.object({ to: z.literal('finish') }), z.object({ to: z.literal('draft') }),
    ]).optional(),
  }),
  'step.failed': z.object({ error: failureShape, retryable: z.boolean() }),
  'step.retry_scheduled': z.object({ at: iso, attempt: z.number(), of: z.number() }),
  'step.skipped': z.object({ reason: z.string(), text: text.optional(), reused }),
  /** `timeoutMs`: how long one call to another system may take. */
  'step.waiting': z.object({ reason: z.string(), text: text.optional(), childRuns: z.array(z.string()).optional(), timeoutMs: z.number().optional() }),
  'wait.opened': z.object({
    kind: z.string(), assignees: z.array(startedBy).optional(), dueAt: iso.optional(), question: z.string().optional(), options: json.optional(),
  }),
  'wait.resolved': z.object({ by: startedBy.nullable().optional(), answer: json.optional() }),
  'timer.set': z.object({ at: iso }),
  'timer.fired': none,
  'effect.recorded': z.object({ kind: z.string(), count: z.number(), refs: z.array(json) }),
  'cancel.requested': by,
  'run.paused': by,
  'run.unpaused': by,
  'run.resumed': z.object({ by: startedBy, fromStep: z.string(), version: z.number().nullable() }),
  'run.reset': by,
  'run.cancelled': none,
  'run.failed': z.object({ error: failureShape }),
  'run.quarantined': z.object({ reason: z.string() }),
  'run.succeeded': z.object({ warnings: z.number(), state: z.string().optional() }),
  'note.added': z.object({ by: startedBy, text: z.string() }),
} as const;

export type RunEventType = keyof typeof shapes;
export const runEventTypes = Object.keys(shapes);

const envelope = z.object({
  seq: z.int().min(1),
  at: iso,
  version: z.int().optional(),
  stepId: z.string().optional(),
  attempt: z.int().optional(),
  iteration: z.int().optional(),
});
type Envelope = z.infer<typeof envelope>;

/** One event of a run's log. `seq` counts from 1 without holes, `at` never goes back along it. */
export type RunEvent = { [T in RunEventType]: Envelope & { type: T; data: z.infer<(typeof shapes)[T]> } }[RunEventType];
/** An event before the log gives it its place. */
export type NewRunEvent = { [T in RunEventType]: Omit<Envelope, 'seq'> & { type: T; data: z.infer<(typeof shapes)[T]> } }[RunEventType];

const variants = new Map(Object.entries(shapes).map(([type, data]) => [type, envelope.extend({ type: z.literal(type), data })]));
const typed = z.looseObject({ type: z.string().refine((type) => variants.has(type), 'not a type of event this version knows') });

/** `upgrades[type][n]` turns the data of version n into that of n + 1; none was needed yet, what is new is optional. */
type Upgrades = Readonly<Record<string, Readonly<Record<number, (data: unknown) => unknown>>>>;
const upgrades: Upgrades = {};

/** An older event as today's: data by data, version by version. */
export function upgradeEvent(stored: unknown, known: Upgrades = upgrades): unknown {
  if (typeof stored !== 'object' || stored === null || !('type' in stored) || !('data' in stored)) return stored;
  const steps = Object.hasOwn(known, String(stored.type)) ? known[String(stored.type)] : undefined;
  if (steps === undefined) return stored;
  let version = 'version' in stored && typeof stored.version === 'number' ? stored.version : 1;
  let { data } = stored;
  for (let step = steps[version]; step !== undefined; step = steps[version]) {
    data = step(data);
    version += 1;
  }
  return { ...stored, version, data };
}

/** Parses a stored or streamed event; throws on what this build does not know. Looked up by type: a long run has 50,000. */
export function parseRunEvent(given: unknown): RunEvent {
  const stored = upgradeEvent(given);
  const variant = typeof stored === 'object' && stored !== null && 'type' in stored ? variants.get(String(stored.type)) : undefined;
  const parsed: unknown = (variant ?? typed).parse(stored);
  return parsed as RunEvent; // The variants are built from `shapes` in a loop, which TypeScript cannot follow.
}
