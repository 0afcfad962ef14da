import { and, inArray, isNull } from 'drizzle-orm';
import { remember } from './blobs';
import type { Database } from './client';
import { isRefused } from './refused';
import { newInputs, newRun, startOf, type NewRun, type RunRequest } from './run-request';
import { flows } from './schema';

/**
 * Plain starts that are asked for at the same moment in one process share a statement and a commit, as the engine's
 * appends do: one flush at a time, what arrives meanwhile forms the next. A lone start pays one commit.
 */
export type FlowRow = { id: string; workspaceId: string; name: string; kind: 'dataflow' | 'workflow'; componentId: string; publishedVersionId: string | null };
/** What is asked for once the flow is known; null: not one of these, it takes a transaction of its own. Throws what the asker is told. */
type Asked = { flowId: string; prepare: (flow: FlowRow | undefined) => Promise<RunRequest | null>; trace: string | null; resolve: (runId: string | null) => void; reject: (error: unknown) => void };

const mostTogether = 128;
const mostBytes = 4_000_000;
const queues = new WeakMap<Database['sql'], { waiting: Asked[]; isFlushing: boolean }>();

/** The new run's id, or null when the asker has to start it alone. */
export function startTogether(database: Database, asked: Pick<Asked, 'flowId' | 'prepare' | 'trace'>): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const queue = queues.get(database.sql) ?? { waiting: [], isFlushing: false };
    queues.set(database.sql, queue);
    queue.waiting.push({ ...asked, resolve, reject });
    if (queue.isFlushing) return;
    queue.isFlushing = true;
    queueMicrotask(async () => {
      while (queue.waiting.length > 0) await flush(database, queue.waiting.splice(0, mostTogether));
      queue.isFlushing = false;
    });
  });
}

async function flush(database: Database, asked: readonly Asked[]): Promise<void> {
  const known = await flowsOf(database, asked).catch((error: unknown) => {
    for (const each of asked) each.reject(error);
    return null;
  });
  if (known === null) return;
  let open: { each: Asked; run: NewRun }[] = [];
  let bytes = 0;
  const send = async () => {
    const sent = open;
    [open, bytes] = [[], 0];
    if (sent.length > 0) await insert(database, sent);
  };
  for (const each of asked) {
    try {
      const request = await each.prepare(known.get(each.flowId));
      if (request === null) {
        each.resolve(null);
        continue;
      }
      const run = newRun(request, {}, each.trace);
      if (open.length > 0 && bytes + (run.input?.body.byteLength ?? 0) > mostBytes) await send();
      bytes += run.input?.body.byteLength ?? 0;
      open.push({ each, run });
    } catch (error) {
      each.reject(error);
    }
  }
  await send();
}

async function flowsOf(database: Database, asked: readonly Asked[]): Promise<Map<string, FlowRow>> {
  const rows = await database.db.select({ id: flows.id, workspaceId: flows.workspaceId, name: flows.name, kind: flows.kind, componentId: flows.componentId, publishedVersionId: flows.publishedVersionId }).from(flows)
    .where(and(inArray(flows.id, [...new Set(asked.map((each) => each.flowId))]), isNull(flows.deletedAt)));
  return new Map(rows.map((row) => [row.id, { ...row, kind: row.kind === 'workflow' ? 'workflow' : 'dataflow' }]));
}

/** Refused by PostgreSQL, nothing of it was done and each starts alone; after a lost connection nobody knows, as with any commit. */
async function insert(database: Database, sent: readonly { each: Asked; run: NewRun }[]): Promise<void> {
  const runs = sent.map(({ run }) => run);
  try {
    const inputs = newInputs(runs);
    await database.db.execute(startOf(runs, inputs));
    for (const { workspaceId, sha256 } of inputs) remember(workspaceId, sha256);
    for (const { each, run } of sent) each.resolve(run.runId);
  } catch (error) {
    const isAgain = isRefused(error);
    for (const { each } of sent) if (isAgain) each.resolve(null); else each.reject(error);
  }
}
