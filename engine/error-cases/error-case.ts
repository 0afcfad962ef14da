import { FailureError } from '#flow/failure';
import { problemsOf } from '#flow/check';
import type { ErrorCode } from '#flow/error-code';
import type { Step } from '#flow/flow';
import type { Json, JsonObject } from '#flow/json';
import { sampleContext, shortFlow, type ShortStep } from '#flow/testing-flow';
import { modelOf, outcomeOf, world, type Given, type WorldOptions } from '#flow/steps/testing';
import { stepType } from '#flow/steps/index';
import type { RunOptions } from '#db/runs';
import type { EngineTest } from '../testing';

/**
 * The proof that a step type raises each error it declares: one case per step and code at least, which really produces
 * the code. `error-cases.test.ts` runs all of them and names what a step declares and no case produces.
 */
export type ErrorCase = { step: string; code: ErrorCode; when: string; raised(lab: Lab): Promise<readonly ErrorCode[]> | readonly ErrorCode[] };

/** What a case may work with; the engine with its database starts when the first case asks for it. */
export type Lab = {
  engine(): Promise<EngineTest>;
  /** Inserts the flow, runs it and answers the code it failed with (none when it succeeded). */
  run(steps: Step[], options?: RunOptions & { kind?: 'dataflow' | 'workflow' }): Promise<ErrorCode[]>;
};

/** Found while the flow is designed: the step stands behind a `get-raw-model` that declares `model`, unless `flow` says otherwise. */
export function designCase(step: string, code: ErrorCode, when: string, params: JsonObject, { model = {}, flow, context = sampleContext }: { model?: Json; flow?: ShortStep[]; context?: typeof sampleContext } = {}): ErrorCase {
  return {
    step, code, when,
    raised: () => {
      const type = stepType(step);
      const id = step.slice(step.indexOf('/') + 1);
      const given: ShortStep[] = type?.kind === 'dataflow' && type.sources !== 'none' ? [{ id: 'given', type: 'get-raw-model', params: { model: JSON.stringify(model) } }] : [];
      const definition = shortFlow(flow ?? [...given, { id: 'tested', type: id, params, ...(given.length > 0 ? { sources: { source: 'given' } } : {}) }], type?.kind);
      return problemsOf(definition, context).filter((each) => each.stepId === 'tested').map((each) => each.code);
    },
  };
}

/** Raised by the step itself, with capabilities in memory. A workflow step is given `source[0]` as its model. */
export function stepCase(step: string, code: ErrorCode, when: string, params: JsonObject, given: Given = {}, options: WorldOptions = {}): ErrorCase {
  return {
    step, code, when,
    raised: async () => {
      const type = stepType(step);
      if (!type) throw new Error(`there is no step type ${step}`);
      const at = world(options);
      return codesOf(type.kind === 'workflow' ? modelOf(type, params, given.source?.[0] ?? {}, at) : outcomeOf(type, params, given, at));
    },
  };
}

/** Raised in a run, by a real engine over a real database. */
export function runCase(step: string, code: ErrorCode, when: string, raised: ErrorCase['raised']): ErrorCase {
  return { step, code, when, raised };
}

export async function codesOf(work: Promise<unknown>): Promise<ErrorCode[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof FailureError) return [error.failure.code];
    throw error;
  }
}
