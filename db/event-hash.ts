import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Json } from '#flow/json';
import { deriveKey, readEnv } from './env';

/**
 * The chain over a run's log: each hash is an HMAC over the one before it and the canonical row, under a key that is
 * not in the database. Whoever can write to the tables but does not have SECRET_KEY cannot alter the log unseen.
 */
export type HashedRow = {
  runId: string;
  seq: number;
  type: string;
  version: number;
  stepId: string | null;
  attempt: number | null;
  iteration: number | null;
  fence: number;
  /** ISO, to the millisecond. */
  at: string;
  data: Json;
  /** Hex of the blob's sha256. */
  blob: string | null;
};

let key: KeyObject | undefined;

/** From SECRET_KEY of this process; every process of an installation has the same one. */
function eventKey(): KeyObject {
  key ??= createSecretKey(deriveKey(readEnv().secretKey, 'run-events'));
  return key;
}

export function hashEvent(previous: string, row: HashedRow): string {
  const line = canonical([row.runId, row.seq, row.type, row.version, row.stepId, row.attempt, row.iteration, row.fence, row.at, row.data, row.blob]);
  return createHmac('sha256', eventKey()).update(`${previous}\n${line}`).digest('hex');
}

/** JSON with sorted keys: jsonb keeps neither their order nor the spelling of numbers. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).filter((each) => value[each] !== undefined).toSorted().map((each) => `${JSON.stringify(each)}:${canonical(value[each] ?? null)}`).join(',')}}`;
}

/** What jsonb and text refuse, shown as something else: NUL as its picture, half characters as the replacement sign. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\u2400').replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

export function storableJson(value: Json): Json {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [storable(name), storableJson(each)]));
}
