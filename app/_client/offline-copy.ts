import * as idb from 'lib0/indexeddb';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { definitionOf, isLoaded } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';

/**
 * What this device keeps of a flow, so that edits made offline survive the browser: one database per person and flow.
 * How many edits the server has not confirmed is noted per tab, since several tabs of a person share the copy.
 */
export type OfflineCopy = {
  /** What y-indexeddb gives as the origin of what it loads. */
  readonly origin: unknown;
  /** Resolves with the number of edits kept from before; null when the device does not answer in time. */
  ready: () => Promise<number | null>;
  note: (unsaved: number) => void;
  clear: () => void;
};

const prefix = 'millrace flow ';
const notePrefix = 'unsaved ';
const timeoutMs = 1_500;

export function openOfflineCopy(userId: string, flowId: string, doc: Y.Doc): OfflineCopy {
  const storage = new IndexeddbPersistence(`${prefix}${userId} ${flowId}`, doc);
  const ownNote = `${notePrefix}${doc.clientID}`;
  let older: string[] = [];
  let isCleared = false;
  return {
    origin: storage,
    ready: async () => {
      await Promise.race([storage.whenSynced, new Promise((resolve) => setTimeout(resolve, timeoutMs))]);
      if (!storage.synced) return null;
      const notes = await notesOf(storage);
      older = [...notes.keys()];
      return sum(notes.values());
    },
    note: (unsaved) => {
      if (!storage.synced || isCleared) return;
      void storage.set(ownNote, unsaved);
      // What was kept from before was sent with this tab's first answer: saved is saved for all of it.
      if (unsaved === 0) for (const key of older.splice(0)) void storage.del(key);
    },
    clear: () => {
      if (isCleared) return;
      isCleared = true;
      void storage.clearData();
    },
  };
}

export type UnsentCopy = { unsaved: number; definition: FlowDefinition };

/** Flows with edits that only this device has. */
export async function unsentCopies(): Promise<UnsentCopy[]> {
  const found: UnsentCopy[] = [];
  for (const name of await copyNames()) {
    const doc = new Y.Doc();
    const storage = new IndexeddbPersistence(name, doc);
    await storage.whenSynced;
    const unsaved = sum((await notesOf(storage)).values());
    if (unsaved > 0 && isLoaded(doc)) found.push({ unsaved, definition: definitionOf(doc) });
    await storage.destroy();
    doc.destroy();
  }
  return found;
}

/** Called at sign-out: nothing of a flow stays on the device. */
export async function forgetOfflineCopies(): Promise<void> {
  for (const name of await copyNames()) indexedDB.deleteDatabase(name);
}

async function copyNames(): Promise<string[]> {
  if (typeof indexedDB === 'undefined' || !('databases' in indexedDB)) return [];
  return (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : []));
}

async function notesOf(storage: IndexeddbPersistence): Promise<Map<string, number>> {
  if (!storage.db) return new Map();
  const [store] = idb.transact(storage.db, ['custom'], 'readonly');
  const stored = store ? await idb.getAllKeysValues(store) : [];
  return new Map(stored.flatMap(({ k, v }): [string, number][] => (typeof k === 'string' && k.startsWith(notePrefix) && typeof v === 'number' ? [[k, v]] : [])));
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
