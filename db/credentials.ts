import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey } from './env';

/**
 * Credentials at rest: AES-256-GCM twice. Each has a key of its own, which is kept beside it, sealed under the key derived
 * from SECRET_KEY. `place` is bound into both seals, so that a row copied to another connector cannot be opened.
 */
export type CredentialKey = Buffer;
export const credentialKey = (secretKey: string): CredentialKey => deriveKey(secretKey, 'credentials');

const format = 1;
const [ivBytes, tagBytes, keyBytes] = [12, 16, 32];
const sealedKeyBytes = ivBytes + tagBytes + keyBytes;

export function sealCredential(key: CredentialKey, place: string, credential: string): Buffer {
  const own = randomBytes(keyBytes);
  return Buffer.concat([Buffer.of(format), seal(key, place, own), seal(own, place, Buffer.from(credential, 'utf8'))]);
}

/** null when it cannot be opened: SECRET_KEY is another one, or the row was altered. */
export function openCredential(key: CredentialKey, place: string, sealed: Uint8Array): string | null {
  try {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== format) return null;
    const own = open(key, place, bytes.subarray(1, 1 + sealedKeyBytes));
    return open(own, place, bytes.subarray(1 + sealedKeyBytes)).toString('utf8');
  } catch {
    return null;
  }
}

function seal(key: Buffer, place: string, plain: Buffer): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function open(key: Buffer, place: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes)).setAAD(Buffer.from(place, 'utf8')).setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
}
