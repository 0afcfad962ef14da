import { z } from 'zod';
import { clientOf, type Client } from './client';
import { exitCodes, onlyOperand, UsageError, type Command, type Io } from './command';

const verified = z.looseObject({ ok: z.boolean(), seq: z.number().optional() });
const page = z.object({ items: z.array(z.looseObject({ id: z.string() })), nextCursor: z.string().nullable() });
const atOnce = 4;

export const verify: Command = {
  summary: 'Checks that the log of a run, or of all, was not altered.',
  usage: ['verify <run>', 'verify --all'],
  help: ['<run>   id of a run', '--all   every run of the workspace', 'Exit code: 0 whole, 1 altered'],
  options: { all: { type: 'boolean' } },
  run: async (io, operands, values) => {
    if (values['all'] && operands.length > 0) throw new UsageError('A run or --all, not both.');
    if (!values['all']) {
      const runId = onlyOperand(operands, 'run');
      const altered = await check(clientOf(io), runId, io);
      if (!altered) io.out(`Run ${runId} is whole.`);
      return altered ? exitCodes.failed : exitCodes.ok;
    }
    const client = clientOf(io);
    const [counted, altered] = await checkAll(client, io);
    io.out(`${counted} runs checked, ${altered} altered.`);
    return altered > 0 ? exitCodes.failed : exitCodes.ok;
  },
};

async function checkAll(client: Client, io: Io): Promise<[number, number]> {
  let [counted, altered] = [0, 0];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const read: z.output<typeof page> = await client.get(`/runs?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, page);
    for (let at = 0; at < read.items.length; at += atOnce) {
      const found = await Promise.all(read.items.slice(at, at + atOnce).map((run) => check(client, run.id, io)));
      altered += found.filter(Boolean).length;
    }
    counted += read.items.length;
    cursor = read.nextCursor;
  }
  return [counted, altered];
}

/** True, and said, when something was altered. */
async function check(client: Client, runId: string, io: Io): Promise<boolean> {
  const answer = await client.get(`/runs/${encodeURIComponent(runId)}/verify`, verified);
  if (!answer.ok) io.err(`Run ${runId} was altered at event ${answer.seq ?? '?'}.`);
  return !answer.ok;
}
