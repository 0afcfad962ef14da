import { getValue, putValue } from '#db/blobs';
import { readFileBytes, fileFacts } from '#db/files';
import { findTarget, keepSeenShape, openConnector, type OpenedConnector } from '#db/open-connector';
import { fail, failure, FailureError, type Failure } from '#flow/failure';
import { isJsonObject, type Json } from '#flow/json';
import type { CallAnswer, CallTarget, EndpointCall, StepUse } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { Reached } from '#outgoing/call-connector';
import { brokenFailure, statusFailure } from '#outgoing/status-failure';
import type { StepEffects } from '../effects';
import type { Engine } from '../engine';
import { LostRun, type LiveRun } from '../live-run';
import { throughGate } from './call-gate';

/**
 * Calls to other systems. An answer is recorded under its effect key before the step goes on, so a replay or a retry has
 * it already. A call that must not be made twice is announced in the log's database first: if the worker dies meanwhile,
 * whoever carries the run on knows that its outcome is unknown and does not call again by itself.
 */
export type Calls = Pick<StepUse, 'callTarget' | 'callEndpoint'>;
type At = { stepId: string; attempt: number; iteration: number; signal: AbortSignal };

const inlineResult = 64_000;
const signInMs = 35_000;
const seenEveryMs = 60_000;
const seenAt = new Map<string, number>();

export function callsOf(engine: Engine, run: LiveRun, at: At, effects: StepEffects, outside: StepUse['outside']): Calls {
  const { db } = engine.database;
  const { workspaceId, pins } = run.facts;
  const opened = new Map<string, Promise<OpenedConnector>>();
  const open = (id: string) => {
    const known = opened.get(id) ?? openConnector(db, engine.calling, workspaceId, id, pins);
    opened.set(id, known);
    return known;
  };

  const callEndpoint = async (itemIndex: number, call: EndpointCall): Promise<CallAnswer> => {
    const recorded = effects.recorded(itemIndex);
    if (recorded !== undefined) return answerOf(recorded, engine, workspaceId);
    const connector = await open(call.target.connectorId);
    return outside(text('Waits for another system’s answer', 'Attend la réponse d’un autre système'), async () => {
      const reached = await reach(engine, run, at, itemIndex, call, connector);
      return record(engine, run, effects, itemIndex, call, reached);
    }, timeoutOf(call, connector));
  };
  return { callTarget: (wanted) => findTarget(db, workspaceId, wanted, pins), callEndpoint };
}

const timeoutOf = (call: EndpointCall, connector: OpenedConnector): number => call.timeoutMs ?? connector.settings.timeoutMs;

async function reach(engine: Engine, run: LiveRun, at: At, itemIndex: number, call: EndpointCall, connector: OpenedConnector): Promise<Reached> {
  const timeoutMs = timeoutOf(call, connector);
  const gate = { connectorId: call.target.connectorId, ratePerSecond: connector.settings.ratePerSecond, longestMs: timeoutMs + signInMs, signal: at.signal };
  const { callConnector } = await import('#outgoing/call-connector'); // with what speaks HTTP: an engine that calls nobody starts without it
  return throughGate(engine, gate, async () => {
    if (!engine.mayAct()) run.lose(); // The lease is in doubt: whoever claims the run next makes the call.
    if (run.lost) throw new LostRun(run.facts.id);
    if (!call.repeatable) await announce(engine, run, at, itemIndex, call);
    try {
      const key = `${run.facts.id}/${at.stepId}/${at.iteration}/${itemIndex}`;
      const reached = await callConnector({
        connector, method: call.method, request: call.request, timeoutMs, signal: at.signal, readFile: (id) => fileOf(engine, run.facts.workspaceId, id), ...(call.method === 'Get' ? {} : { idempotencyKey: key }),
      });
      const failed = (call.failOnStatus ? statusFailure(reached) : null) ?? (call.asFile || !call.failOnStatus ? null : brokenFailure(reached));
      if (failed) throw new FailureError(failed);
      return reached;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      throw new FailureError(call.repeatable ? error.failure : onceOnly(error.failure), { cause: error });
    }
  });
}

/** A call that may not be repeated is tried again only when the other side cannot have heard of it. */
function onceOnly(failed: Failure): Failure {
  const details = isJsonObject(failed.details) ? failed.details : {};
  if (details['mayHaveArrived'] === false || details['beforeCall'] === true) return failed;
  const unknown = failed.code === 'HTTP_TIMEOUT' || (failed.code === 'CONNECTOR_UNREACHABLE' && details['repeat'] !== false);
  if (!unknown) return { ...failed, details: { ...details, repeat: false } };
  const said = text(`${failed.text.en} The outcome is unknown: the call may have been carried out. Look there, then resume the run to call again.`, `${failed.text.fr} L’issue est inconnue : l’appel a pu être exécuté. Vérifiez là-bas, puis reprenez l’exécution pour rappeler.`);
  return { ...failure('HTTP_TIMEOUT', said), details: { ...details, outcome: 'unknown', repeat: false } };
}

/** Notes that the call is about to be made; fails when an earlier one was cut off by a crash. */
async function announce(engine: Engine, run: LiveRun, at: At, itemIndex: number, { method }: EndpointCall): Promise<void> {
  await run.settled();
  const { sql } = engine.database;
  const [begun] = await sql<{ kind: string }[]>`select kind from run_effects where run_id = ${run.facts.id} and step_id = ${at.stepId} and iteration = ${at.iteration} and item_index = ${itemIndex} and state = 'started'`;
  const attempt = begun ? Number(begun.kind.split(':')[1]) : null;
  if (attempt !== null) {
    // An attempt that said how it failed was repeated on purpose; one that said nothing was cut off.
    const [told] = await sql`select 1 from run_events where run_id = ${run.facts.id} and type = 'step.failed' and step_id = ${at.stepId} and attempt >= ${attempt} limit 1`;
    if (!told) fail('HTTP_TIMEOUT', text(
      `The worker died while this ${method} call was under way. The outcome is unknown: it may have been carried out. Look there, then resume the run to call again.`,
      `Le processus est mort pendant cet appel ${method}. L’issue est inconnue : il a pu être exécuté. Vérifiez là-bas, puis reprenez l’exécution pour rappeler.`), { details: { outcome: 'unknown', repeat: false } });
  }
  const proof = await sql`with mine as (select 1 from run_slots where run_id = ${run.facts.id} and fence = ${run.fence} and state = 'leased' for share)
    insert into run_effects (run_id, step_id, iteration, item_index, state, kind)
    select ${run.facts.id}, ${at.stepId}, ${at.iteration}::int, ${itemIndex}::int, 'started', ${`call:${at.attempt}`} from mine
    on conflict (run_id, step_id, iteration, item_index) do update set kind = excluded.kind where run_effects.state = 'started' returning 1`;
  if (proof.length === 0) {
    run.lose();
    throw new LostRun(run.facts.id);
  }
}

async function record(engine: Engine, run: LiveRun, effects: StepEffects, itemIndex: number, call: EndpointCall, reached: Reached): Promise<CallAnswer> {
  const { workspaceId } = run.facts;
  const { status, headers, method, url, durationMs } = reached;
  const inline = plainBody(call, reached);
  const large = inline !== undefined && JSON.stringify(inline).length > inlineResult ? await putValue(engine.database.db, workspaceId, inline) : null;
  const stored = await effects.perform(itemIndex, async (scope): Promise<Json> => {
    scope.note('call', { method, url, status, durationMs });
    const about = { status, headers };
    if (large !== null) return { ...about, bodyRef: large, isFile: false };
    if (inline !== undefined) return { ...about, body: inline, isFile: false };
    const file = await scope.storeFile({ name: fileNameOf(reached), mimeType: reached.mimeType || 'application/octet-stream', bytes: reached.bytes });
    return { ...about, body: { ...file }, isFile: true };
  });
  if (reached.body.kind === 'json' && status < 300) await learn(engine, workspaceId, call.target, reached.body.value);
  return answerOf(stored, engine, workspaceId);
}

/** undefined: the body becomes a file. */
function plainBody({ asFile }: EndpointCall, { body, bytes }: Reached): Json | undefined {
  if (body.kind === 'none') return null;
  if (asFile || body.kind === 'binary') return undefined;
  return body.kind === 'broken' ? Buffer.from(bytes).toString('utf8') : body.value;
}

function fileNameOf({ headers, url }: Reached): string {
  const disposition = headers['content-disposition'] ?? '';
  const named = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? /filename="?([^";]+)/i.exec(disposition)?.[1];
  const last = url.split('/').at(-1);
  try {
    return decodeURIComponent(named ?? (last || 'answer'));
  } catch {
    return 'answer';
  }
}

async function answerOf(stored: Json, engine: Engine, workspaceId: string): Promise<CallAnswer> {
  if (!isJsonObject(stored) || typeof stored['status'] !== 'number') throw new Error('the record of a call is not one');
  const { bodyRef, headers } = stored;
  const body = typeof bodyRef === 'string' ? await getValue(engine.database.db, workspaceId, bodyRef) : stored['body'];
  if (typeof bodyRef === 'string' && body === undefined) throw new Error(`the recorded answer ${bodyRef} is gone`);
  const named = isJsonObject(headers) ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])) : {};
  return { status: stored['status'], headers: named, body: body ?? null, isFile: stored['isFile'] === true };
}

/** Where no shape is declared, what came last is what pickers offer; looked at now and then, not at every call. */
async function learn(engine: Engine, workspaceId: string, { endpointId, declaredAnswer }: CallTarget, body: Json): Promise<void> {
  if (endpointId === null || declaredAnswer !== null || Date.now() - (seenAt.get(endpointId) ?? 0) < seenEveryMs) return;
  if (seenAt.size > 1_000) seenAt.clear();
  seenAt.set(endpointId, Date.now());
  await keepSeenShape(engine.database.db, workspaceId, endpointId, body);
}

async function fileOf(engine: Engine, workspaceId: string, id: string): Promise<{ name: string; mimeType: string; bytes: Uint8Array } | null> {
  const { db } = engine.database;
  const facts = (await fileFacts(db, workspaceId, [id])).get(id);
  const bytes = facts ? await readFileBytes(db, workspaceId, id) : null;
  if (!facts || bytes === null) return fail('FILE_NOT_FOUND', text(`There is no file "${id.slice(0, 64)}".`, `Il n’y a pas de fichier « ${id.slice(0, 64)} ».`));
  return { name: facts.name, mimeType: facts.mimeType, bytes };
}
