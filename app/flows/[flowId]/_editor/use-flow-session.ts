'use client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type * as Y from 'yjs';
import { createUndo, isLoaded } from '#flow/document';
import { flowStore, type FlowStore } from '#flow/document-store';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { openFlowDocument, type FlowSession, type FlowStatus } from '../../../_client/collab-provider';
import { keepSame } from './keep-same';

export type LiveFlow = {
  session: FlowSession | null;
  /** null until the document arrived (from this device or the server). */
  doc: Y.Doc | null;
  undo: Y.UndoManager | null;
  status: FlowStatus;
  definition: FlowDefinition;
};

/** The transactions of this editor, and therefore what its undo takes back. */
export const editorOrigin = 'editor';

const connecting: FlowStatus = { connection: 'connecting', unsaved: 0, canWrite: true };
/** Steps whose document weighs more than the 256 kB that a socket sends at first. */
const largeAbove = 1_000;
const silent = () => () => undefined;

export function useFlowSession(flowId: string, user: { id: string; name: string }, first: FlowDefinition): LiveFlow {
  const [session, setSession] = useState<FlowSession | null>(null);
  const [live, setLive] = useState<{ doc: Y.Doc; undo: Y.UndoManager; store: FlowStore } | null>(null);
  const { id, name } = user;
  const [isLarge] = useState(() => stepsOf(first).length > largeAbove);
  useEffect(() => {
    const opened = openFlowDocument({ flowId, user: { id, name }, isLarge });
    setSession(opened);
    let made: { doc: Y.Doc; undo: Y.UndoManager; store: FlowStore } | null = null;
    const arrived = () => {
      if (made || !isLoaded(opened.doc)) return;
      made = { doc: opened.doc, undo: createUndo(opened.doc, editorOrigin), store: flowStore(opened.doc) };
      setLive(made);
    };
    opened.doc.on('update', arrived);
    arrived();
    return () => {
      setLive(null);
      setSession(null);
      made?.store.close();
      made?.undo.destroy();
      opened.close();
    };
  }, [flowId, id, name, isLarge]);
  const status = useSyncExternalStore(session?.subscribe ?? silent, () => session?.status ?? connecting, () => connecting);
  const stored = useSyncExternalStore(live?.store.definition.subscribe ?? silent, () => live?.store.definition.getSnapshot() ?? first, () => first);
  const [kept, setKept] = useState(stored);
  const definition = useMemo(() => keepSame(kept, stored), [kept, stored]);
  if (definition !== kept) setKept(definition);
  return { session, doc: live?.doc ?? null, undo: live?.undo ?? null, status, definition };
}

/** Whether there is something to take back, and to bring again. */
export function useUndoState(undo: Y.UndoManager | null): { canUndo: boolean; canRedo: boolean } {
  const [state, setState] = useState({ canUndo: false, canRedo: false });
  useEffect(() => {
    if (!undo) return;
    const read = () => setState((before) => keepSame(before, { canUndo: undo.undoStack.length > 0, canRedo: undo.redoStack.length > 0 }));
    const events = ['stack-item-added', 'stack-item-popped', 'stack-item-updated', 'stack-cleared'] as const;
    for (const event of events) undo.on(event, read);
    read();
    return () => { for (const event of events) undo.off(event, read); };
  }, [undo]);
  return state;
}
