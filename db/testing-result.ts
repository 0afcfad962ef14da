import type { ErrorCode } from '#flow/error-code';
import type { Failure, Result } from '#flow/failure';

/** The value of an answer that a test expects to be good. */
export function got<T extends object>(answer: Result<T>): T {
  if (!answer.ok) throw new Error(`refused with ${answer.failure.code}: ${answer.failure.message} ${JSON.stringify(answer.failure.details ?? '')}`);
  return answer;
}

/** The failure of an answer that a test expects to be refused. */
export function refusal(answer: Result<object>): Failure {
  if (answer.ok) throw new Error(`was not refused: ${JSON.stringify(answer)}`);
  return answer.failure;
}

export const codeOf = (answer: Result<object>): ErrorCode | 'ok' => (answer.ok ? 'ok' : answer.failure.code);
