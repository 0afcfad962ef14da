import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey, readEnv } from './env';

/** Text that may lie in the database but not be read there: AES-256-GCM under a key of its own from SECRET_KEY. */
const keys = new Map<string, Buffer>();

function keyFor(purpose: string): Buffer {
  const known = keys.get(purpose) ?? deriveKey(readEnv().secretKey, `sealed.${purpose}`);
  keys.set(purpose, known);
  return known;
}

export function seal(purpose: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Throws when it was sealed for another purpose, under another key, or altered. */
export function unseal(purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
}
