import type postgres from 'postgres';
import { putBlobs, type Blob } from '#db/blobs';
import type { Database } from '#db/client';
import type { Calling } from '#db/open-connector';
import type { Appender } from './append';
import type { Figures } from './figures';

/** What every part of a worker shares. `control` commits without waiting for the disk: claims, parking, leases. */
export type Engine = {
  workerId: string;
  database: Database;
  control: postgres.Sql;
  appender: Appender;
  calling: Calling;
  /** An e-mail server is set up. */
  canMail: boolean;
  figures: Figures;
  /** False once the lease is in doubt: no new effect may begin. */
  mayAct(): boolean;
  isDraining(): boolean;
  /** A run gave up its place among those at work: there may be room for another. */
  lookForWork(): void;
};

const inlineBytes = 256_000;

/** Large contents are stored before the append that refers to them, small ones travel along with it. */
export async function storeBlobs(engine: Engine, workspaceId: string, blobs: readonly Blob[]): Promise<Blob[]> {
  const fresh = blobs.filter((blob) => !engine.appender.knows(workspaceId, blob.sha256));
  if (fresh.reduce((sum, blob) => sum + blob.body.byteLength, 0) <= inlineBytes) return fresh;
  await putBlobs(engine.database.db, workspaceId, fresh);
  for (const blob of fresh) engine.appender.remember(workspaceId, blob.sha256);
  return [];
}
