import type { Json } from '#flow/json';
import { deriveKey, readEnv } from './env';
import { hmacSha256 } from './hmac';

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

let sign: ((text: string) => string) | undefined;

/** `json`: the text of `data` as JSON, when it is at hand. The key is of this process's SECRET_KEY; every process of an installation has the same one. */
export function hashEvent(previous: string, row: HashedRow, json?: string): string {
  sign ??= hmacSha256(deriveKey(readEnv().secretKey, 'run-events'));
  const place = JSON.stringify([row.runId, row.seq, row.type, row.version, row.stepId, row.attempt, row.iteration, row.fence, row.at]);
  const data = json !== undefined && isInOrder(row.data) ? json : canonical(row.data);
  return sign(`${previous}\n${place.slice(0, -1)},${data},${JSON.stringify(row.blob)}]`);
}

/** Whether its JSON is canonical as it stands. */
function isInOrder(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isInOrder(value[key] ?? null)) return false;
    before = key;
  }
  return true;
}

/** JSON with sorted keys: jsonb keeps neither their order nor the spelling of numbers. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).filter((each) => value[each] !== undefined).toSorted().map((each) => `${JSON.stringify(each)}:${canonical(value[each] ?? null)}`).join(',')}}`;
}

/** Data as it will be read again, with its text: nearly always the data itself. Keys in order spare the chain to write them once more. */
export function storedData(given: object): { json: string; data: Json } {
  const json = JSON.stringify(given);
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return { json, data: given as Json }; // it holds JSON; absent keys are left out by JSON and hash alike
  const data = storableJson(JSON.parse(json));
  return { json: JSON.stringify(data), data };
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
