'use client';
import { createContext, useContext } from 'react';
import type { SourcePort, Step } from '#flow/flow';
import type { Json, JsonObject } from '#flow/json';
import type { ModelSchema } from '#flow/model-schema';
import type { Problem } from '#flow/problems';
import type { StepType } from '#flow/steps/define-step';
import type { BlameOf } from './use-blame';

/** The step the panel shows, with what its fields look at. */
export type PanelFacts = {
  step: Step;
  type: StepType;
  /** Stored parameters with defaults filled in. */
  params: JsonObject;
  problems: readonly Problem[];
  schemaOf: (port: SourcePort | undefined) => ModelSchema | undefined;
  sourceOf: (port: SourcePort | undefined) => { id: string; name: string } | null;
  setParam: (key: string, value: Json | undefined) => void;
  editable: boolean;
  /** Which field of the step I have open, for the others. */
  onEditing: (param: string | null) => void;
  /** Who last set what, as the log knows it. */
  blame: BlameOf;
  /** Opens the comments on a parameter. */
  onComment: (param: string) => void;
};

export const PanelContext = createContext<PanelFacts | null>(null);

export function usePanel(): PanelFacts {
  const facts = useContext(PanelContext);
  if (!facts) throw new Error('a field was drawn outside of the panel');
  return facts;
}
