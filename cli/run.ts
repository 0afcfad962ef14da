import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { runStatuses, type RunStatus } from '#flow/run-state';
import { clientOf, findNamed, type Client } from './client';
import { CommandError, exitCodes, onlyOperand, textOf, UsageError, wholeNumber, type Command, type Io, type Values } from './command';
import { watchRun } from './watch';

export const run: Command = {
  summary: 'Starts a flow and, if asked, follows it to its end.',
  usage: ['run <flow> [--input file.json] [--watch | --wait seconds] [--version draft|number] [--entry id] [--key text] [--json]'],
  help: [
    '<flow>            id or name', '--input, -i file   what the caller gives, as JSON; "-" reads standard input', '--watch, -w        shows each step as it goes on standard error, then the response on standard output',
    '--wait seconds     waits for the end without showing steps', '--version v        draft, or the number of a version; the published one otherwise', '--entry id         the entry a workflow works on',
    '--key text         idempotency key: the same key is the same run', '--json             one JSON document on standard output; with --watch each event as a line on standard error',
    'Exit code: 0 succeeded, 1 failed or refused, 2 wrong use, 3 cancelled or reset, 4 quarantined, 5 still going after --wait',
  ],
  options: {
    input: { type: 'string', short: 'i' }, watch: { type: 'boolean', short: 'w' }, wait: { type: 'string' }, version: { type: 'string' }, entry: { type: 'string' }, key: { type: 'string' }, json: { type: 'boolean' },
  },
  run: async (io, operands, values) => {
    const wanted = onlyOperand(operands, 'flow');
    const body = bodyOf(values);
    const waitS = wholeNumber(values, 'wait', { min: 0, max: 86_400 });
    if (values['watch'] && waitS !== undefined) throw new UsageError('--watch follows to the end: leave out --wait.');
    const client = clientOf(io);
    const flowId = await findNamed(client, 'flow', wanted);
    const { runId } = started.parse((await client.call('POST', `/flows/${encodeURIComponent(flowId)}/runs`, body)).body);
    if (values['watch']) await watchRun(io, client, runId, { json: values['json'] === true });
    else if (waitS === undefined) {
      io.out(values['json'] ? JSON.stringify({ runId }) : runId);
      return exitCodes.ok;
    }
    return report(io, await ended(client, runId, waitS ?? 30), values['json'] === true);
  },
};

const started = z.object({ runId: z.string() });

function bodyOf(values: Values): object {
  const version = textOf(values, 'version');
  if (version !== undefined && version !== 'draft' && !/^[1-9]\d{0,8}$/.test(version)) throw new UsageError(`--version takes "draft" or the number of a version, not "${version}".`);
  const entryId = wholeNumber(values, 'entry', { min: 1, max: 2_147_483_647 });
  const file = textOf(values, 'input');
  const key = textOf(values, 'key');
  return {
    ...(file === undefined ? {} : { input: readJson(file) }), ...(entryId === undefined ? {} : { entryId }), ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(version === undefined ? {} : { version: version === 'draft' ? version : Number(version) }),
  };
}

export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file === '-' ? 'Standard input' : file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

const shape = z.looseObject({ id: z.string(), status: z.enum(runStatuses), output: z.unknown(), warnings: z.number(), error: z.looseObject({ code: z.string(), message: z.string(), stepId: z.string().optional() }).nullable() });
type Ended = z.output<typeof shape>;
const open: ReadonlySet<RunStatus> = new Set(['queued', 'running', 'waiting', 'paused']);

/** Asks until the run has ended, at most so many seconds. */
async function ended(client: Client, runId: string, seconds: number): Promise<Ended> {
  const deadline = Date.now() + seconds * 1_000;
  for (let pauseMs = 100; ; pauseMs = Math.min(1_000, pauseMs * 1.5)) {
    const run = await client.get(`/runs/${runId}`, shape);
    if (!open.has(run.status) || Date.now() >= deadline) return run;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, Math.max(1, deadline - Date.now()))));
  }
}

function report(io: Io, run: Ended, json: boolean): number {
  if (json) io.out(JSON.stringify({ runId: run.id, status: run.status, output: run.output ?? null, error: run.error, warnings: run.warnings }));
  else if (run.status === 'succeeded') io.out(JSON.stringify(run.output ?? null, null, 2));
  if (!json && run.error) io.err(`${run.error.code}: ${run.error.message}`);
  if (!json && run.status !== 'succeeded') io.err(`Run ${run.id} is ${run.status}.`);
  return codeOf(run.status);
}

export function codeOf(status: RunStatus): number {
  switch (status) {
    case 'succeeded': return exitCodes.ok;
    case 'failed': return exitCodes.failed;
    case 'cancelled': case 'reset': return exitCodes.cancelled;
    case 'quarantined': return exitCodes.quarantined;
    case 'queued': case 'running': case 'waiting': case 'paused': return exitCodes.stillGoing;
    default: throw new CommandError(`The server gave a status this version does not know: ${String(status satisfies never)}.`);
  }
}
