import * as Y from 'yjs';
import { documentRoots } from './entries';

/** One per client, over everything, for edits with this origin only. Call `stopCapturing()` at drop, blur and paste. */
export function createUndo(doc: Y.Doc, origin: unknown): Y.UndoManager {
  return new Y.UndoManager(documentRoots.map((name) => doc.getMap(name)), { trackedOrigins: new Set([origin]), captureTimeout: 400 });
}
