'use client';
import { createContext, useContext } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { ComponentModel } from '#flow/component-model';
import type { FlowDefinition } from '#flow/flow';
import type { ModelSchema } from '#flow/model-schema';
import type { Presence } from '#flow/presence';
import type { Problem } from '#flow/problems';
import type { WorkspaceIndex } from '#flow/workspace-index';
import type { Locale } from '#flow/text';
import type { Commands } from './commands';
import type { Signs } from './use-signs';

/** What the parts of the editor read. Values change identity only when their content does. */
export type EditorFacts = {
  flowId: string;
  locale: Locale;
  definition: FlowDefinition;
  component: ComponentModel;
  index: WorkspaceIndex;
  problems: readonly Problem[];
  schemas: ReadonlyMap<string, ModelSchema>;
  doc: Y.Doc | null;
  awareness: Awareness | null;
  undo: Y.UndoManager | null;
  commands: Commands;
  signs: Signs;
  editable: boolean;
  /** The run whose recorded items serve as samples. */
  sampleRunId: string | null;
  /** The others, without what moves. */
  people: readonly Presence[];
};

export const EditorContext = createContext<EditorFacts | null>(null);

export function useEditor(): EditorFacts {
  const facts = useContext(EditorContext);
  if (!facts) throw new Error('a part of the editor was drawn outside of it');
  return facts;
}
