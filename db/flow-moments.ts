import * as Y from 'yjs';
import { definitionOf } from '#flow/document';
import type { FlowDefinition } from '#flow/flow';
import type { Database } from './client';
import { loadDocument, saveSnapshot, snapshotSpan } from './flow-documents';

/**
 * What a flow was at a place of its edit log: the nearest snapshot before it and the rows between. The past does not
 * change, so what was read is kept for the next look; two that look at once share the work.
 */
const kept = new Map<string, Promise<FlowDefinition>>();
const most = 64;

export function definitionAt(database: Database, flowId: string, seq: number): Promise<FlowDefinition> {
  const key = `${flowId} ${seq}`;
  const known = kept.get(key);
  if (known) {
    kept.delete(key); // and to the end: what was not looked at for longest goes first
    kept.set(key, known);
    return known;
  }
  const reading = read(database, flowId, seq);
  kept.set(key, reading);
  reading.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  return reading;
}

async function read(database: Database, flowId: string, seq: number): Promise<FlowDefinition> {
  const stored = await loadDocument(database.db, flowId, seq);
  if (stored.rowsSinceSnapshot > 2 * snapshotSpan) await saveSnapshot(database.db, { flowId, seq: stored.seq, state: Y.encodeStateAsUpdate(stored.doc) }).catch(() => undefined); // the next look nearby is shorter; this one does not depend on it
  const definition = definitionOf(stored.doc);
  stored.doc.destroy();
  return definition;
}
