import type postgres from 'postgres';
import { blobsInto, type Blob } from '#db/blobs';
import type { Database } from '#db/client';
import type { EntryNumbers } from '#db/entry-numbers';
import type { Calling } from '#db/open-connector';
import type { Appender } from './append';
import type { Figures } from './figures';
import type { Relay } from './relay';
import type { Suspects } from './suspects';

/** What every part of a worker shares. `control` commits without waiting for the disk: claims, parking, leases. */
export type Engine = {
  workerId: string;
  database: Database;
  control: postgres.Sql;
  appender: Appender;
  entryNumbers: EntryNumbers;
  relay: Relay;
  calling: Calling;
  /** An e-mail server is set up. */
  canMail: boolean;
  figures: Figures;
  /** False once the lease is in doubt: no new effect may begin. */
  mayAct(): boolean;
  isDraining(): boolean;
  /** Runs here that stalled before. */
  suspects: Suspects;
  /** A run gave up its place among those at work: there may be room for another. */
  madeRoom(): void;
};

const inlineBytes = 256_000;
const bytesAtOnce = 2_000_000;

/** Large contents are stored before the append that refers to them, small ones travel along with it. */
export async function storeBlobs(engine: Engine, workspaceId: string, blobs: readonly Blob[]): Promise<Blob[]> {
  const fresh = blobs.filter((blob) => !engine.appender.knows(workspaceId, blob.sha256));
  if (fresh.reduce((sum, blob) => sum + blob.body.byteLength, 0) <= inlineBytes) return fresh;
  // Many in a statement: a commit for each page would take longer than making them.
  for (let start = 0; start < fresh.length; ) {
    let end = start;
    for (let bytes = 0; end < fresh.length && (end === start || bytes < bytesAtOnce); end++) bytes += fresh[end]?.body.byteLength ?? 0;
    const stored = fresh.slice(start, end);
    await engine.database.db.execute(blobsInto(stored.map((blob) => ({ ...blob, workspaceId }))));
    for (const blob of stored) engine.appender.remember(workspaceId, blob.sha256);
    start = end;
  }
  return [];
}
