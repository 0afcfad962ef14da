import type { Database } from '#db/client';
import { clientsOf, commitUpdates, loadDocument, saveSnapshot, type Commit, type StoredDocument } from '#db/flow-documents';
import { mirrorFlow } from '#db/flow-mirror';
import type { MetaState } from '#flow/document';

/** Where a room keeps its document: PostgreSQL, or a test's own memory that can lose power at any moment. */
export type RoomStorage = {
  load(): Promise<{ stored: StoredDocument; owners: Map<number, string> }>;
  /** All of it or nothing, on the disk when it resolves. */
  commit(commit: Omit<Commit, 'flowId'>): Promise<void>;
  saveSnapshot(snapshot: { seq: number; state: Uint8Array }): Promise<void>;
  /** The copies that lists show. */
  mirror(meta: MetaState): Promise<void>;
};

export function postgresStorage(database: Database, { flowId, workspaceId }: { flowId: string; workspaceId: string }): RoomStorage {
  return {
    load: async () => {
      const [stored, owners] = await Promise.all([loadDocument(database.db, flowId), clientsOf(database.db, flowId)]);
      return { stored, owners };
    },
    commit: (commit) => commitUpdates(database.sql, { flowId, ...commit }),
    saveSnapshot: (snapshot) => saveSnapshot(database.db, { flowId, ...snapshot }),
    mirror: (meta) => mirrorFlow(database, workspaceId, flowId, meta),
  };
}
