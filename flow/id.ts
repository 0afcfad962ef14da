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

/** UUIDv7: sorts by creation time to the millisecond; used where rows are partitioned by time. */
export function newRunId(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 0x10000));
  view.setUint16(4, now % 0x10000);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
