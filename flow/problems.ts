import type { ErrorCode } from './error-code';
import type { Text } from './text';

/** A design problem of a flow. Errors block publishing, warnings do not. `message` repeats `text.en` for programs. */
export type Problem = {
  code: ErrorCode;
  level: 'error' | 'warning';
  stepId?: string;
  stageId?: string;
  /** The parameter at fault, with row and key where it is a list: `fieldsMapping[2].value`. */
  param?: string;
  message: string;
  text: Text;
  instead?: Instead;
};

/** The path at the problem's place and the one that is plainly meant by it. */
export type Instead = { was: string; use: string };

/** What a step type says of itself; the flow adds where. */
export type StepProblem = { code: ErrorCode; level?: 'warning'; param?: string; text: Text; instead?: Instead };
