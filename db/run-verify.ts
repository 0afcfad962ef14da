import type { Access } from './access';
import type { Database } from './client';
import { hashEvent, type HashedRow } from './event-hash';
import { permitted } from './permitted';
import { logRows } from './run-log';
import { runOf } from './run-row';

export type Verified = { ok: true; events: number } | { ok: false; seq: number; reason: 'altered' | 'missing' | 'extra' };
export type Checked = Verified;
type ChainedRow = HashedRow & { hash: string };
/** How far a chain has been walked; hashes of the last page are kept, because the head may be older than the end. */
type Walk = { seq: number; previous: string; hashes: Map<number, string> };
const pageRows = 2_000;

/** Recomputes the chain and names the first event that is altered, missing or one too many. */
export async function verifyRun(database: Database, access: Access, runId: string) {
  return permitted(access, 'workspace.read', async (): Promise<{ verified: Verified }> => {
    await runOf(database.db, access, runId);
    // Rows first, head after: a run under way may grow in between, never shrink.
    const walked = await walk(database, runId);
    if ('reason' in walked) return { verified: walked };
    const [head] = await database.sql<{ seq: number; hash: string; isOpen: boolean }[]>`select coalesce(s.head_seq, r.head_seq) as seq, encode(coalesce(s.head_hash, r.head_hash), 'hex') as hash, s.run_id is not null as "isOpen"
      from runs r left join run_slots s on s.run_id = r.id where r.id = ${runId}`;
    const grown = head !== undefined && head.seq > walked.seq ? await walk(database, runId) : walked;
    if ('reason' in grown) return { verified: grown };
    return { verified: head ? againstHead(grown, head, head.isOpen) : { ok: true, events: grown.seq } };
  });
}

async function walk(database: Database, runId: string): Promise<Walk | Extract<Verified, { ok: false }>> {
  const done: Walk = { seq: 0, previous: '', hashes: new Map() };
  for (;;) {
    const rows = await logRows(database.sql, [runId], { after: done.seq, limit: pageRows });
    const wrong = follow(done, rows.map((row) => ({ ...row, at: row.at.toISOString() })));
    if (wrong) return wrong;
    if (rows.length < pageRows) return done;
  }
}

/** A number that is skipped or used twice, or a hash that does not follow from the row and the one before it. */
function follow(done: Walk, rows: readonly ChainedRow[]): Extract<Verified, { ok: false }> | null {
  for (const row of rows) {
    const seq = done.seq + 1;
    if (row.seq !== seq) return { ok: false, seq: Math.min(seq, row.seq), reason: row.seq > seq ? 'missing' : 'extra' };
    if (hashEvent(done.previous, row) !== row.hash) return { ok: false, seq, reason: 'altered' };
    done.seq = seq;
    done.previous = row.hash;
    done.hashes.set(seq, row.hash);
  }
  return null;
}

function againstHead(done: Walk, head: { seq: number; hash: string }, isOpen: boolean): Verified {
  if (done.seq < head.seq) return { ok: false, seq: done.seq + 1, reason: 'missing' };
  if ((done.hashes.get(head.seq) ?? '') !== head.hash) return { ok: false, seq: head.seq, reason: 'altered' };
  if (!isOpen && done.seq > head.seq) return { ok: false, seq: head.seq + 1, reason: 'extra' };
  return { ok: true, events: done.seq };
}

/** A whole log at once, as an archive holds it. */
export function checkLog(rows: readonly ChainedRow[], head: { seq: number; hash: string }): Verified {
  const done: Walk = { seq: 0, previous: '', hashes: new Map() };
  return follow(done, rows) ?? againstHead(done, head, false);
}
