import type postgres from 'postgres';
import { setTimeout as pause } from 'node:timers/promises';
import { log, reasonOf } from '#db/log';
import { isUnreachable } from '#db/refused';
import { hint } from '#db/run-hint';
import { traced } from '#db/trace';
import { isEnded } from '#flow/run-state';
import { call } from './append';
import type { Append } from './append-statement';
import { claimSlots, loadRuns, returnSlot, type Slot } from './claim';
import { claimLimited, whoIsLimited, type Limited } from './claim-limited';
import { drive } from './drive';
import type { Engine } from './engine';
import type { LiveRun } from './live-run';
import { reap, wakeParents } from './reaper';
import { isOverdue } from './run-limits';
import { fireSchedules } from './schedules';

/** One worker: claims what is due up to its capacity, carries it on, watches over its leases, hands back on close. */
export const capacity = 64;
/** A worker begins with few runs, so that one which is killed soon again has brought some to their end, not each of many to its middle. */
const firstRuns = 17;
const cautiousMs = 3_000;
const mostLive = 2_000;
const mostEnding = 256;
const mostQueued = 16;
const pollMs = 500;
const tickMs = 500;
const reapMs = 1_000;
const limitsEveryMs = 2_000;
const scheduleMs = 1_000;
const gatherMs = 4;
const dropAfterMs = 10_000;
const drainMs = 4_000;

export class Worker {
  private readonly engine: Engine;
  private readonly lease: { ageMs(): number };
  private readonly live = new Map<string, LiveRun>();
  private readonly driving = new Set<Promise<void>>();
  private limited: Limited = { flows: [], workspaces: [] };
  private limitsAtMs = 0;
  private oddToLimited = false;
  /** The last claim took all there was: what becomes due next is hinted or polled, a run that leaves need not look. */
  private isDry = false;
  private stopping = false;
  private left = 0;
  private readonly startedMs = performance.now();
  private claiming = false;
  private claims: Promise<void> = Promise.resolve();
  private wanted = false;
  private timer: NodeJS.Timeout | null = null;
  /** Slots seen as ours that no run here stands for; twice in a row means they were dropped. */
  private strays = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(engine: Engine, lease: { ageMs(): number }) {
    this.engine = engine;
    this.lease = lease;
  }

  start(): void {
    this.every(pollMs, async () => this.lookForWork());
    this.every(tickMs, () => this.tick());
    this.every(reapMs, () => this.reap());
    this.every(scheduleMs, async () => void (await fireSchedules(this.engine.database)));
    this.lookForWork();
    this.reap().catch(() => {}); // Whom it replaces has just died, more often than not; the next round comes in a second.
  }

  private async reap(): Promise<void> {
    const { freed, woken } = await reap(this.engine.control);
    if (freed + woken > 0) this.lookForWork();
  }

  private every(ms: number, work: () => Promise<void>): void {
    let busy = false;
    this.timers.push(setInterval(() => {
      if (busy) return;
      busy = true;
      work().catch((error: unknown) => log('error', 'a round of the worker failed', { reason: reasonOf(error) })).finally(() => (busy = false));
    }, ms));
  }

  /** Called by hints, polls and runs that leave: those that come together are served by one claim. */
  lookForWork(): void {
    this.wanted = true;
    if (this.claiming || this.timer !== null || this.stopping) return;
    const waitMs = this.live.size === 0 ? 0 : gatherMs;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.claims = this.claim();
    }, waitMs);
  }

  /** Somebody asked for these runs: one that is here may have word waiting. */
  hinted(runIds: readonly string[]): void {
    this.lookForWork();
    if (runIds.some((id) => this.live.has(id))) this.tick().catch(() => {}); // The next tick comes in half a second anyway.
  }

  private async claim(): Promise<void> {
    if (this.claiming) return;
    this.claiming = true;
    try {
      while (this.wanted && !this.stopping && this.room() > 0 && this.lease.ageMs() < dropAfterMs / 2) {
        this.wanted = false;
        const fromMs = performance.now();
        await this.lookUpLimits();
        // Each kind gets its half, so that neither starves the other; an odd place goes to one and the other in turn.
        const room = this.room();
        this.oddToLimited = !this.oddToLimited;
        const limited = await claimLimited(this.engine.control, this.engine.workerId, this.oddToLimited ? Math.ceil(room / 2) : Math.floor(room / 2), this.engine.suspects.room, this.limited);
        const slots = await claimSlots(this.engine.control, this.engine.workerId, room - limited.length, {
          suspects: Math.max(0, this.engine.suspects.room - limited.filter((slot) => slot.stalls > 0).length), notOf: this.limited,
        });
        this.isDry = slots.length + limited.length < room && this.limited.flows.length + this.limited.workspaces.length === 0;
        slots.push(...limited);
        if (slots.length > 0) await this.take(slots, fromMs);
        if (slots.length >= room / 2) this.wanted = true;
      }
    } catch (error) {
      log('error', 'claiming failed', { reason: reasonOf(error) });
    } finally {
      this.claiming = false;
    }
  }

  private async lookUpLimits(): Promise<void> {
    if (Date.now() - this.limitsAtMs < limitsEveryMs) return;
    this.limitsAtMs = Date.now();
    this.limited = await whoIsLimited(this.engine.control);
  }

  /** Runs that wait for a call, or only for their last append, hold their lease but no place: the next are claimed meanwhile. */
  private room(): number {
    let [working, ending] = [0, 0];
    for (const run of this.live.values()) {
      if (isEnded(run.state.status)) ending += 1;
      else if (!run.isResting) working += 1;
    }
    return Math.min(this.places() - working, mostEnding - ending, mostLive - this.live.size);
  }

  /** One more with every run that has left, all of them when it has lived for a while. */
  private places(): number {
    return performance.now() - this.startedMs > cautiousMs ? capacity : Math.min(capacity, firstRuns + this.left);
  }

  /** A run has left, or gave up its place. While enough others wait to begin, places are gathered for one large claim. */
  madeRoom(): void {
    if (this.engine.relay.queued >= mostQueued) return;
    if (this.wanted || !this.isDry) this.lookForWork();
  }

  private async take(slots: readonly Slot[], fromMs: number): Promise<void> {
    const runs = await this.load(slots, fromMs);
    this.engine.relay.beginTurn();
    for (const slot of slots) {
      const run = runs.get(slot.runId);
      // Its flow or version is gone, or its log does not read: it counts as a stall, and after five it is left alone.
      if (!run) await returnSlot(this.engine.control, slot, true);
      else this.carry(run, slot);
    }
  }

  private async load(slots: readonly Slot[], fromMs: number): Promise<Map<string, LiveRun>> {
    try {
      return new Map((await loadRuns(this.engine.database, slots, this.engine.appender, fromMs)).map((run) => [run.facts.id, run]));
    } catch (error) {
      if (isUnreachable(error)) throw error; // no run is to blame; the slots are found as strays
      log('error', 'a batch of claimed runs could not be read', { reason: reasonOf(error), ...(slots.length === 1 ? { runId: slots[0]?.runId } : {}) });
      const found = new Map<string, LiveRun>();
      if (slots.length > 1) for (const slot of slots) for (const [id, run] of await this.load([slot], fromMs)) found.set(id, run);
      return found;
    }
  }

  private carry(run: LiveRun, slot: Slot): void {
    if (slot.stalls > 0) this.engine.suspects.take(run, slot.stalls);
    this.live.set(slot.runId, run);
    this.engine.figures.live.set(this.live.size);
    this.engine.figures.claimed.inc();
    this.engine.figures.claimSeconds.observe((slot.dueMs ?? 0) / 1_000);
    const driven = traced('run', { 'millrace.run_id': slot.runId, 'millrace.flow_id': run.facts.flowId, 'millrace.fence': slot.fence }, () => drive(this.engine, run, slot), { parent: run.facts.traceparent })
      .then(() => {}, (error: unknown) => log('error', 'a run could not be carried on', { runId: slot.runId, reason: reasonOf(error) })).finally(() => {
      if (this.live.get(slot.runId) === run) this.live.delete(slot.runId);
      this.left += 1;
      this.engine.figures.live.set(this.live.size);
      this.driving.delete(driven);
      if (this.engine.suspects.acquit(run)) this.lookForWork();
      else this.madeRoom();
    });
    this.driving.add(driven);
  }

  /** Word left for runs here, slots nobody here stands for, runs over time, a lease in doubt. */
  private async tick(): Promise<void> {
    if (this.lease.ageMs() > dropAfterMs) for (const run of this.live.values()) run.lose();
    for (const run of this.live.values()) if (isOverdue(run)) run.step.abort(new Error('over time'));
    if (this.claiming) return;
    const slots = await this.engine.control<{ runId: string; fence: number; wakes: number; cancel: boolean }[]>`
      select run_id as "runId", fence, wakes, cancel_requested as cancel from run_slots where owner = ${this.engine.workerId} and state = 'leased'`;
    const strays = new Set<string>();
    for (const slot of slots) {
      const run = this.live.get(slot.runId);
      if (run && run.fence === slot.fence && !run.lost) {
        if ((slot.cancel && !run.state.cancelRequested) || slot.wakes !== run.wakes) call(run, slot.cancel);
      } else if (!run && this.strays.has(slot.runId) && !this.claiming) await returnSlot(this.engine.control, slot, false);
      else if (!run) strays.add(slot.runId);
    }
    this.strays = strays;
  }

  /** After each flush: hints for watchers and wake-ups for parents, both outside of the append. */
  announce(appends: readonly Append[]): void {
    for (const { run, progressed } of appends) if (progressed && this.engine.suspects.acquit(run)) this.lookForWork();
    hint(this.engine.control, 'run_events', appends.map((append) => append.run.facts.id));
    const parents = appends.filter((append) => append.projection !== null && (isEnded(append.run.state.status) || append.projection.status === 'waiting'))
      .flatMap((append) => (append.run.facts.parentRunId === null ? [] : [append.run.facts.parentRunId]));
    if (parents.length > 0) void wakeParents(this.engine.control, [...new Set(parents)]).then(() => this.lookForWork(), () => {});
  }

  isDraining(): boolean {
    return this.stopping;
  }

  /** Runs stop between two steps and go back into the queue; a step that takes long is left, its lease released. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    if (this.timer !== null) clearTimeout(this.timer);
    await Promise.race([this.claims, pause(drainMs, undefined, { ref: false })]); // what is being claimed has to be handed back too
    await Promise.race([Promise.all(this.driving), pause(drainMs, undefined, { ref: false })]);
    for (const run of this.live.values()) run.lose();
    await Promise.race([Promise.all(this.driving), pause(500, undefined, { ref: false })]);
    await release(this.engine.control, this.engine.workerId);
  }
}

async function release(sql: postgres.Sql, workerId: string): Promise<void> {
  await sql`update run_slots set state = 'ready', owner = null, ready_at = now() where owner = ${workerId} and state = 'leased'`;
  await sql`delete from workers where id = ${workerId}`;
}
