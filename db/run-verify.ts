import type { Access } from './access';
import type { Database } from './client';
import { hashEvent } from './event-hash';
import { permitted } from './permitted';
import { logRows } from './run-log';
import { runOf } from './run-row';

export type Verified = { ok: true; events: number } | { ok: false; seq: number; reason: 'altered' | 'missing' | 'extra' };
const pageRows = 2_000;

/** Recomputes the chain and names the first event that is altered, missing or one too many. */
export async function verifyRun(database: Database, access: Access, runId: string) {
  return permitted(access, 'workspace.read', async (): Promise<{ verified: Verified }> => {
    await runOf(database.db, access, runId);
    // Rows first, head after: a run under way may grow in between, never shrink.
    const walked = await walk(database, runId);
    if (!walked.ok) return { verified: walked };
    const [head] = await database.sql<{ seq: number; hash: string }[]>`select coalesce(s.head_seq, r.head_seq) as seq, encode(coalesce(s.head_hash, r.head_hash), 'hex') as hash
      from runs r left join run_slots s on s.run_id = r.id where r.id = ${runId}`;
    const grown = head !== undefined && head.seq > walked.events ? await walk(database, runId) : walked;
    if (!grown.ok) return { verified: grown };
    if (head && grown.events < head.seq) return { verified: { ok: false, seq: grown.events + 1, reason: 'missing' } };
    if (head && (grown.hashes.get(head.seq) ?? '') !== head.hash) return { verified: { ok: false, seq: head.seq, reason: 'altered' } };
    const [open] = await database.sql`select 1 from run_slots where run_id = ${runId}`;
    if (head && !open && grown.events > head.seq) return { verified: { ok: false, seq: head.seq + 1, reason: 'extra' } };
    return { verified: { ok: true, events: grown.events } };
  });
}

async function walk(database: Database, runId: string): Promise<{ ok: true; events: number; hashes: Map<number, string> } | { ok: false; seq: number; reason: 'altered' | 'missing' }> {
  const hashes = new Map<number, string>();
  let previous = '';
  for (let seq = 0; ; ) {
    const rows = await logRows(database.sql, [runId], { after: seq, limit: pageRows });
    for (const row of rows) {
      seq += 1;
      if (row.seq !== seq) return { ok: false, seq, reason: 'missing' };
      if (hashEvent(previous, { ...row, at: row.at.toISOString() }) !== row.hash) return { ok: false, seq, reason: 'altered' };
      previous = row.hash;
      hashes.set(seq, row.hash);
    }
    if (rows.length < pageRows) return { ok: true, events: seq, hashes };
  }
}
