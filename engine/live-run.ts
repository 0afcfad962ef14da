import { hashEvent, storable, storedData } from '#db/event-hash';
import type { Blob } from '#db/blobs';
import type { Starter } from '#db/run-request';
import type { ComponentModel } from '#flow/component-model';
import type { Json, JsonObject } from '#flow/json';
import { eventVersion, type NewRunEvent, type RunEvent } from '#flow/run-event';
import { isEnded, RunFold, type RunState } from '#flow/run-state';
import type { RunLimits } from '#flow/limits';
import type { ItemList, Trigger } from '#flow/steps/capabilities';
import type { Appender } from './append';
import type { Append, EventRow } from './append-statement';
import type { Plan } from './plan';
import { projectionOf } from './projection';

/** An event before its run gives it place and time. `blob` is the sha256 of what it records. */
type WithoutTime<E> = E extends unknown ? Omit<E, 'at' | 'version'> : never;
export type Draft = WithoutTime<NewRunEvent> & { blob?: string };
export type Along = { blobs?: readonly Blob[]; consumed?: readonly number[]; outputRef?: string; search?: string };

export type RunFacts = {
  id: string; workspaceId: string; flowId: string; flowName: string; component: ComponentModel; plan: Plan; kind: 'dataflow' | 'workflow'; trigger: Trigger; startedBy: Starter;
  instanceId: string | null; parentRunId: string | null; depth: number; pins: Record<string, string>; inputRef: string | null; outputRef: string | null; limits: RunLimits;
  /** Trace of whoever asked for the run. */
  traceparent: string | null;
};
export type Claimed = { fence: number; headSeq: number; headHash: string; wakes: number; stalls: number };

/**
 * A run while this worker holds it. Events are numbered, hashed and folded here at once and written behind by the
 * appender; what must not happen before they are durable waits for `settled()`. Once `lost`, nothing more is written.
 */
export class LiveRun {
  readonly facts: RunFacts;
  readonly fence: number;
  entryId: number | null;
  headSeq: number;
  headHash: string;
  wakes: number;
  lost = false;
  /** PostgreSQL would not take what this run wanted to write: that counts against the run. */
  refused = false;
  /** The stumble of a step under way, for the loop that carries the run. */
  broken: unknown = null;
  resetBy: Starter | null = null;
  /** Who last left word that moved this run: asked for its end, or answered. */
  lastWord: Starter | null = null;
  /** A workflow that ends by going back to draft. */
  endsAsDraft = false;
  /** Waiting steps that have reason to look again. */
  readonly due = new Set<string>();
  readonly outputs = new Map<string, ItemList & { bytes: number }>();
  outputBytes = 0;
  model: { model: JsonObject; loaded: JsonObject } | null = null;
  readonly blobOf = new Map<string, string>();
  /** What the caller gave, when it came along with the claim. */
  input: Json | undefined = undefined;
  /** In a fork: the blob with what its first step was given by hand. */
  override: string | null = null;
  /** Waiting steps that are to look again at a time of their own (ISO). */
  readonly timers = new Map<string, string>();
  /** The beginning of the answer, for the search over runs. */
  excerpt = '';
  /** Aborted when the run is cancelled, over time or lost: whatever is under way stops. */
  step = new AbortController();
  /** Steps this worker is performing; the others that "run" in the log were cut off by a crash. */
  readonly busy = new Map<string, Promise<void>>();
  /** Everything under way is outside of this process (a slow API): it takes no place among the runs at work. */
  isResting = false;
  startedAtMs = 0;
  /** When (`performance.now()`) it was last seen that whom the run acts for may do so, and what its component is. The claim sees both. */
  rightSeenMs = Number.NEGATIVE_INFINITY;
  componentSeenMs = Number.NEGATIVE_INFINITY;
  /** Size of the log; what its events record stands apart. */
  logBytes = 0;
  projectedStatus: string;
  projectedAtMs = 0;
  private readonly appender: Appender;
  private readonly fold: RunFold;
  private lastAtMs: number;
  private lastAt = '';
  private isCalled = false;
  private alert = false;
  private sleeper: (() => void) | null = null;
  /** Appends that wait for the end of a transaction of this run's own; null while none is open. */
  private held: { appends: Append[]; over: Promise<void>; release: () => void } | null = null;
  private alone: Promise<unknown> = Promise.resolve();

  constructor(facts: RunFacts, claimed: Claimed, state: RunState, appender: Appender, entryId: number | null) {
    this.facts = facts;
    this.fence = claimed.fence;
    this.headSeq = claimed.headSeq;
    this.headHash = claimed.headHash;
    this.wakes = claimed.wakes;
    this.fold = new RunFold(state);
    this.entryId = entryId;
    this.appender = appender;
    this.lastAtMs = state.at === null ? 0 : Date.parse(state.at);
    this.projectedStatus = state.status;
    for (const [id, step] of Object.entries(state.steps)) if (step.status === 'waiting') this.due.add(id);
  }

  get state(): RunState {
    return this.fold.state;
  }

  /** How long the run may take: what its flow says, else what the workspace gives a dataflow; a workflow may take for ever. */
  get limitMs(): number | null {
    const { definition } = this.facts.plan;
    return definition.settings?.timeoutMs ?? (definition.kind === 'dataflow' ? this.facts.limits.dataflowMs : null);
  }

  /** Times never go back along seq, whatever the clocks of two workers say. */
  now(): string {
    const nowMs = Date.now();
    if (nowMs > this.lastAtMs || this.lastAt === '') {
      this.lastAtMs = Math.max(this.lastAtMs, nowMs);
      this.lastAt = new Date(this.lastAtMs).toISOString();
    }
    return this.lastAt;
  }

  /** Somebody left word (cancel, reset, a child's end): look into the inbox before going on. */
  get called(): boolean {
    return this.isCalled;
  }

  set called(value: boolean) {
    this.isCalled = value;
    if (value) this.wake();
  }

  /** Something moved: the loop that carries this run looks again. */
  wake(): void {
    this.alert = true;
    this.sleeper?.();
  }

  /** Until somebody wakes this run, or for so long. */
  async sleep(longestMs: number): Promise<void> {
    if (!this.alert) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, longestMs);
        this.sleeper = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.sleeper = null;
    this.alert = false;
  }

  /** Nothing follows the end of a run: what is still under way then has no say any more. */
  emit(drafts: readonly Draft[], along: Along = {}): void {
    if (this.lost || drafts.length === 0 || isEnded(this.state.status)) return;
    const oldSeq = this.headSeq;
    const rows = drafts.map((draft) => this.place(draft));
    this.logBytes += rows.reduce((sum, row) => sum + row.json.length, 0);
    const progressed = drafts.some((each) => each.type === 'step.succeeded' || each.type === 'step.skipped' || each.type === 'step.failed' || each.type === 'step.waiting' || (each.type.startsWith('run.') && each.type !== 'run.started'));
    const ended = isEnded(this.state.status);
    const projection = projectionOf(this, along, ended);
    const append: Append = { run: this, oldSeq, newSeq: this.headSeq, headHash: this.headHash, rows, progressed, ended, projection, blobs: along.blobs ?? [], consumed: (along.consumed ?? []).map((id) => ({ id, seq: this.headSeq })) };
    if (this.held) this.held.appends.push(append);
    else this.appender.push(append);
  }

  /** A transaction of the run's own is open, and what is emitted waits for its end. */
  get isHeld(): boolean {
    return this.held !== null;
  }

  private hold(): void {
    let release = () => {};
    const over = new Promise<void>((resolve) => (release = resolve));
    this.held = { appends: [], over, release };
  }

  /** Lets go what was held back: at the end of such work, or when it takes too long for what has to be said. */
  release(): void {
    const { held } = this;
    this.held = null;
    for (const append of held?.appends ?? []) this.appender.push(append);
    held?.release();
  }

  /**
   * Work that locks this run's slot, one at a time: what was emitted before is durable, what is emitted meanwhile by steps
   * beside it waits, so that no batch of other runs ever waits for the lock.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.alone.then(async () => {
      this.hold();
      try {
        await this.appender.settled(this);
        return await work();
      } finally {
        this.release();
      }
    });
    this.alone = turn.catch(() => {});
    return turn;
  }

  private place(draft: Draft): EventRow {
    const seq = this.headSeq + 1;
    const at = this.now();
    const { json, data } = stored(draft.data);
    const { type, stepId, attempt, iteration, blob } = draft;
    this.fold.apply({ type, stepId, attempt, iteration, seq, at, data } as RunEvent); // A draft is typed; only its texts were made storable.
    const row: EventRow = {
      runId: this.facts.id, seq, type, version: eventVersion, stepId: stepId ?? null, attempt: attempt ?? null, iteration: iteration ?? null, fence: this.fence, at, data, json, blob: blob ?? null, hash: '',
    };
    if (blob !== undefined && stepId !== undefined) this.blobOf.set(stepId, blob);
    this.headSeq = seq;
    this.headHash = hashEvent(this.headHash, row, json);
    row.hash = this.headHash;
    return row;
  }

  /** Resolves when everything emitted is in the log; rejects with `LostRun` when another worker has taken over. */
  async settled(): Promise<void> {
    while (this.held) await this.held.over;
    await this.appender.settled(this);
  }

  lose(): void {
    this.lost = true;
    this.step.abort(new LostRun(this.facts.id));
    this.wake();
  }
}

export class LostRun extends Error {
  constructor(runId: string) {
    super(`run ${runId} belongs to another worker now`);
    this.name = 'LostRun';
  }
}

/** Somebody has cancelled the run and its owner has not read so yet. */
export class EndingRun extends Error {
  constructor(runId: string) {
    super(`run ${runId} is to end and begins no other`);
    this.name = 'EndingRun';
  }
}

const largestData = 8_000;

function stored(given: object): { json: string; data: Json } {
  const whole = storedData(given);
  if (whole.json.length <= largestData) return whole;
  const data = bounded(whole.data);
  return { json: JSON.stringify(data), data };
}

/** Event data stays small: long texts are cut first, details go last. What a step gave is in its blob. */
function bounded(data: Json): Json {
  if (JSON.stringify(data).length <= largestData) return data;
  const cut = (value: Json, length: number, width: number): Json => {
    if (typeof value === 'string') return value.length > length ? `${storable(value.slice(0, length))}…` : value;
    if (Array.isArray(value)) return value.slice(0, width).map((each) => cut(each, length, width));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).slice(0, 50).map(([key, each]) => [key, cut(each, length, width)]));
  };
  const shorter = cut(data, 1_000, 20);
  if (JSON.stringify(shorter).length <= largestData) return shorter;
  const short = cut(data, 200, 5);
  if (JSON.stringify(short).length <= largestData || typeof short !== 'object' || short === null || Array.isArray(short)) return short;
  const error = short['error'];
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return short;
  const { details: _details, ...rest } = error;
  return { ...short, error: rest };
}
