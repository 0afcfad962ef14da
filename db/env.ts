import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { AuthSettings } from './auth';

/** The environment of protocols.md, "Start-up", read once per process. A bad value is one line naming the variable. */
export type Env = {
  port: number;
  /** Empty when the embedded PostgreSQL is to be used: the supervisor then fills it in for its children. */
  databaseUrl: string;
  dataDir: string;
  secretKey: string;
  smtpUrl: string | null;
  /** Sender of mails. */
  mailFrom: string;
  /** Days an ended run is kept where its workspace says nothing; null: for good. */
  runRetentionDays: number | null;
  engineWorkers: number;
  admin: { email: string; password: string } | null;
  /** Origins that may change anything; the first is the address shown to people. */
  publicUrls: string[];
  /** Where this very server can be called from its own processes: on its port, or, where a part runs alone, in public. */
  ownUrl: string;
  auth: AuthSettings;
};

export class EnvError extends Error {}

const integer = (name: string, min: number, max: number, fallback: number) =>
  z.string().regex(/^\d+$/, `${name} must be a whole number`).transform(Number)
    .pipe(z.int().min(min, `${name} must be at least ${min}`).max(max, `${name} must be at most ${max}`)).default(fallback);

const schema = z.object({
  PORT: integer('PORT', 1, 65_535, 3000),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'DATABASE_URL must start with postgres:// or postgresql://').optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  SECRET_KEY: z.string().min(32, 'SECRET_KEY must have 32 characters or more').optional(),
  SMTP_URL: z.string().regex(/^smtps?:\/\//, 'SMTP_URL must start with smtp:// or smtps://').optional(),
  MAIL_FROM: z.string().regex(/^[^\r\n]+@[^\r\n]+$/, 'MAIL_FROM must be an e-mail address').optional(),
  RUN_RETENTION_DAYS: z.string().regex(/^[1-9]\d{0,3}$/, 'RUN_RETENTION_DAYS must be a whole number of days, 1 to 9999').transform(Number).optional(),
  ENGINE_WORKERS: integer('ENGINE_WORKERS', 0, 64, 1),
  ADMIN_EMAIL: z.email('ADMIN_EMAIL must be an e-mail address').optional(),
  ADMIN_PASSWORD: z.string().min(8, 'ADMIN_PASSWORD must have 8 characters or more').optional(),
  PUBLIC_URL: z.string().optional(),
  SIGN_UP: z.enum(['invite', 'open'], 'SIGN_UP must be "invite" or "open"').default('invite'),
});

export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'environment');
    const reason = issue?.message.startsWith(name) ? issue.message : `${name}: ${issue?.message ?? 'not valid'}`;
    throw new EnvError(`${reason} (it is "${name.includes('PASSWORD') || name.includes('SECRET') ? '…' : (given[name] ?? '')}").`);
  }
  const env = parsed.data;
  if ((env.ADMIN_EMAIL === undefined) !== (env.ADMIN_PASSWORD === undefined)) throw new EnvError('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or neither.');
  const dataDir = resolve(env.DATA_DIR);
  const publicUrls = origins(env.PUBLIC_URL, env.PORT);
  const secretKey = env.SECRET_KEY ?? storedSecret(dataDir);
  return {
    port: env.PORT, databaseUrl: env.DATABASE_URL ?? '', dataDir, secretKey, smtpUrl: env.SMTP_URL ?? null, mailFrom: env.MAIL_FROM ?? `Millrace <millrace@${new URL(publicUrls[0] ?? 'http://localhost').hostname}>`, runRetentionDays: env.RUN_RETENTION_DAYS ?? null, engineWorkers: env.ENGINE_WORKERS,
    admin: env.ADMIN_EMAIL && env.ADMIN_PASSWORD ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
    publicUrls, ownUrl: given['DATABASE_URL'] !== undefined && given['PUBLIC_URL'] !== undefined && !process.send ? (publicUrls[0] ?? '') : `http://127.0.0.1:${env.PORT}`,
    auth: { secret: deriveKey(secretKey, 'auth').toString('hex'), baseUrl: publicUrls[0] ?? '', trustedOrigins: publicUrls, signUp: env.SIGN_UP },
  };
}

/** One key per purpose from SECRET_KEY, so that no key is used for two things. */
export function deriveKey(secretKey: string, purpose: string): Buffer {
  return createHmac('sha256', secretKey).update(`millrace.${purpose}`).digest();
}

function origins(publicUrl: string | undefined, port: number): string[] {
  if (publicUrl === undefined) return [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  return publicUrl.split(',').map((each) => {
    const url = URL.canParse(each.trim()) ? new URL(each.trim()) : null;
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new EnvError(`PUBLIC_URL must be an http or https address (it is "${each}").`);
    return url.origin;
  });
}

/** Without SECRET_KEY a key is made at the first start and kept in the data directory, readable by its owner alone. */
function storedSecret(dataDir: string): string {
  const file = join(dataDir, 'secret-key');
  try {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
      chmodSync(file, 0o600);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new EnvError(`DATA_DIR "${dataDir}" cannot be written: ${error instanceof Error ? error.message : String(error)}. Choose another directory, or set SECRET_KEY and DATABASE_URL.`);
  }
}
