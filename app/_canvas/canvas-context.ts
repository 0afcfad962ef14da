'use client';
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ComponentModel } from '#flow/component-model';
import type { FlowKind, SourcePort, Step } from '#flow/flow';
import type { WorkspaceIndex } from '#flow/workspace-index';
import type { RunOfStep } from './card-view';
import type { LaneFate } from './lane-fate';
import type { Place } from './place';
import type { Point } from './path-shape';
import type { RunBoard, RunShown } from './run-board';

/** What the canvas may change; every call is one edit of the document. Absent on a read-only canvas. */
export type CanvasEdit = {
  moveSteps: (ids: string[], place: Place) => void;
  connect: (from: string, to: string, port: SourcePort) => void;
  /** "Add step": the owner lets the person choose a type for this stage. */
  chooseStep: (stageId: string) => void;
  addType: (typeId: string, place: Place) => void;
  addStage: () => void;
  renameStage: (stageId: string, name: string) => void;
  moveStage: (stageId: string, index: number) => void;
  removeStage: (stageId: string) => void;
  moveNote: (noteId: string, at: Point) => void;
  resizeNote: (noteId: string, size: { width: number; height: number }) => void;
  writeNote: (noteId: string, text: string) => void;
  removeNote: (noteId: string) => void;
};

/** Transient signs for others: pointer and drag, sent as awareness. */
export type CanvasSigns = {
  pointer?: ((at: Point | null) => void) | undefined;
  /** The middle of the view and its zoom, whenever it moved. */
  view?: ((at: { x: number; y: number; zoom: number }) => void) | undefined;
  dragging?: ((drag: { stepIds: string[]; at: Point } | null) => void) | undefined;
};

/** The one element of the canvas in the tab order; only the two that change draw again. */
export type TabStop = { get: () => string | null; set: (key: string | null) => void; subscribe: (listener: () => void) => () => void };

export function createTabStop(): TabStop {
  let current: string | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (key) => {
      if (key === current) return;
      current = key;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The `tabIndex` of a stop. */
export function useTabIndex(key: string): 0 | -1 {
  const { tabStop } = useCanvas();
  return useSyncExternalStore(tabStop.subscribe, () => tabStop.get() === key, () => false) ? 0 : -1;
}

export type CanvasFacts = {
  kind: FlowKind;
  component: ComponentModel;
  index: WorkspaceIndex;
  edit: CanvasEdit | null;
  stageCount: number;
  tabStop: TabStop;
  board: RunBoard;
  onEye: ((stepId: string) => void) | null;
  /** The note this person just made, to be written in at once. */
  newNoteId: string | null;
};

export const CanvasContext = createContext<CanvasFacts | null>(null);

export function useCanvas(): CanvasFacts {
  const facts = useContext(CanvasContext);
  if (!facts) throw new Error('a part of the canvas was drawn outside of it');
  return facts;
}

export function useRunOfStep(step: Step): RunOfStep | null {
  const { board } = useCanvas();
  const read = () => board.ofStep(step);
  return useSyncExternalStore(board.subscribe, read, read);
}

export function useLaneFate(laneId: string): LaneFate | undefined {
  const { board } = useCanvas();
  const read = () => board.get().fates.get(laneId);
  return useSyncExternalStore(board.subscribe, read, read);
}

/** Draws again with every event: only for what is drawn as a whole. */
export function useRunShown(): RunShown {
  const { board } = useCanvas();
  return useSyncExternalStore(board.subscribe, board.get, board.get);
}
