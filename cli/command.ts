import type { ParseArgsConfig } from 'node:util';

/** One command: what it takes, what it says of itself, what it does. The number it gives is the exit code. */
export type Values = { [name: string]: string | boolean | (string | boolean)[] | undefined };
export type Io = { out(text: string): void; err(text: string): void; env: NodeJS.ProcessEnv; isTerminal: boolean };
export type Command = {
  summary: string;
  /** Behind `millrace `, one line per form. */
  usage: readonly string[];
  /** Lines that explain the options. */
  help: readonly string[];
  options: NonNullable<ParseArgsConfig['options']>;
  run(io: Io, operands: readonly string[], values: Values): Promise<number>;
};

export const exitCodes = { ok: 0, failed: 1, usage: 2, cancelled: 3, quarantined: 4, stillGoing: 5 } as const;

/** What the caller got wrong: one line, exit code 2. */
export class UsageError extends Error {}
/** What the server or the world refused: one line, exit code 1. */
export class CommandError extends Error {}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function wholeNumber(values: Values, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const given = textOf(values, name);
  if (given === undefined) return undefined;
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(number >= min && number <= max)) throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not "${given}".`);
  return number;
}

export function onlyOperand(operands: readonly string[], what: string): string {
  const [operand, extra] = operands;
  if (operand === undefined) throw new UsageError(`Say which ${what}.`);
  if (extra !== undefined) throw new UsageError(`One ${what} at a time: "${extra}" is one too many. Names with blanks need quotes.`);
  return operand;
}
