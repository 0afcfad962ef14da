import { z } from 'zod';

/** Ids that leave the process: text of `[A-Za-z0-9_-]{1,64}`, except entry ids, which are integers. */
const idPattern = /^[A-Za-z0-9_-]{1,64}$/;
export const id = z.string().regex(idPattern, 'an id is 1 to 64 letters, digits, "_" or "-"');

/** The same for hot paths: reading a document asks it of every entry and source. */
export const isId = (value: unknown): value is string => typeof value === 'string' && idPattern.test(value);

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A new random id, for example `stp_4k1x0q9d2mzc` (62 bits). */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  let text = `${prefix}_`;
  for (const byte of bytes) text += alphabet[byte % alphabet.length];
  return text;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Drawn for many ids at once: a call for each would cost more than all the rest. */
let random = new Uint8Array(0);
let drawn = 0;

function randomHex(bytes: number): string {
  if (drawn + bytes > random.length) [random, drawn] = [crypto.getRandomValues(new Uint8Array(1_024)), 0];
  let text = '';
  for (const end = drawn + bytes; drawn < end; drawn++) text += hexOf[random[drawn] ?? 0] ?? '';
  return text;
}

/** UUIDv7: sorts by creation time to the millisecond; used where rows are partitioned by time. */
export function newRunId(now: number = Date.now()): string {
  const [time, rest] = [now.toString(16).padStart(12, '0'), randomHex(10)];
  const variant = (Number.parseInt(rest.slice(3, 4), 16) & 0x3 | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${variant}${rest.slice(4, 7)}-${rest.slice(7, 19)}`;
}

const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The short name people see: the last 25 bits of the run's id in Crockford base 32, for example `7F3KQ`. */
export function shortRunName(runId: string): string {
  let bits = Number.parseInt(runId.replaceAll('-', '').slice(-7), 16) % 2 ** 25;
  let text = '';
  for (let i = 0; i < 5; i++) {
    text = `${base32[bits % 32] ?? ''}${text}`;
    bits = Math.floor(bits / 32);
  }
  return text;
}
