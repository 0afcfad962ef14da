import type { ErrorCode } from './error-code';
import type { Json } from './json';
import type { Text } from './text';

/** An expected failure: data, never a bug. `message` repeats `text.en` for programs. */
export type Failure = {
  code: ErrorCode;
  message: string;
  text: Text;
  stepId?: string;
  /** 0-based index of the item that failed, in the step's input. */
  itemIndex?: number;
  /** Where in the item or parameters, as a field path. */
  path?: string;
  details?: Json;
};

/** What a query function answers: the value's fields, or the expected failure as data. */
export type Result<T extends object> = ({ ok: true } & T) | { ok: false; failure: Failure };

export type FailureFacts = { itemIndex?: number; path?: string; details?: Json; stepId?: string };

export function failure(code: ErrorCode, text: Text, facts: FailureFacts = {}): Failure {
  return { code, message: text.en, text, ...facts };
}

/** Carries a `Failure` up through code whose happy path returns a value; caught once per process boundary. */
export class FailureError extends Error {
  readonly failure: Failure;
  constructor(value: Failure, options?: ErrorOptions) {
    super(`${value.code}: ${value.message}`, options);
    this.name = 'FailureError';
    this.failure = value;
  }
}

export function fail(code: ErrorCode, text: Text, facts: FailureFacts = {}): never {
  throw new FailureError(failure(code, text, facts));
}
