import { hash } from 'node:crypto';

/**
 * HMAC-SHA256 as RFC 2104 writes it, from two plain hashes, in hex: for the short texts of the log, Node's own Hmac objects
 * cost half as much again, besides their collection. `key`: at most 64 bytes.
 */
const block = 64;

export function hmacSha256(key: Buffer): (text: string) => string {
  if (key.length > block) throw new RangeError(`the key has ${key.length} bytes, at most ${block} are possible`);
  const padded = (pad: number, length: number) => {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < block; at++) bytes[at] = (key[at] ?? 0) ^ pad;
    return bytes;
  };
  let inner = padded(0x36, block + 16_384);
  const outer = padded(0x5c, block + 32);
  return (text) => {
    if (text.length * 3 > inner.length - block) inner = padded(0x36, block + text.length * 3);
    const end = block + inner.write(text, block);
    outer.write(hash('sha256', inner.subarray(0, end)), block, 'hex');
    return hash('sha256', outer);
  };
}
