import { hash, verify } from '@node-rs/argon2';
import { eq } from 'drizzle-orm';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { z } from 'zod';
import { newId } from '#flow/id';
import { localeOf } from '#flow/locale';
import { recordAudit } from './audit';
import type { Database } from './client';
import { teamOf } from './invitations';
import { newPersonId } from './person-id';
import * as schema from './schema';
import { hashSessionTokens } from './session-token';
import { attemptKey, forgetSignInFailures, recordSignInFailure, signInPauseMs } from './sign-in-attempts';
import { maySignUp, settle, type SignUpPolicy } from './sign-up';

/** Set by our own HTTP server from the socket; a client's own header of this name is dropped there. */
export const addressHeader = 'x-millrace-address';

/** The path and query a page was asked with, set there too: pages of Next do not know it. */
export const pathHeader = 'x-millrace-path';

export type AuthSettings = { secret: string; baseUrl: string; trustedOrigins: string[]; signUp: SignUpPolicy };

const sessionDays = 14;
const invited = z.object({ email: z.string().catch(''), invitationToken: z.string().max(200).optional().catch(undefined) }).catch({ email: '' });
const person = z.object({ id: z.string(), name: z.string(), email: z.string() });

export function createAuth(database: Database, settings: AuthSettings) {
  const adapter = drizzleAdapter(database.db, { provider: 'pg', schema, transaction: false });
  const options = {
    appName: 'Millrace',
    baseURL: settings.baseUrl,
    basePath: '/api/auth',
    secret: settings.secret,
    trustedOrigins: settings.trustedOrigins,
    database: (given: BetterAuthOptions) => hashSessionTokens(adapter(given)),
    emailAndPassword: {
      enabled: true, minPasswordLength: 8, maxPasswordLength: 128,
      password: { hash: (password: string) => hash(password), verify: ({ hash: stored, password }) => verify(stored, password) },
    },
    session: { expiresIn: sessionDays * 86_400, updateAge: 86_400 },
    // Our own limits per account and address (sign-in-attempts.ts): the default shares one bucket between everybody.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    advanced: {
      database: { generateId: ({ model }) => newId(model.slice(0, 3)) },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      useSecureCookies: settings.baseUrl.startsWith('https:'),
      cookiePrefix: 'millrace',
    },
    databaseHooks: { user: { create: { before: async (_user, context) => ({ data: { id: await admit(database, settings, context?.body) } }), after: async (user, context) => place(database, settings, user, context) } } },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        if (context.path === '/sign-in/email') await refusePaused(database, context.body, context.headers);
      }),
      after: createAuthMiddleware(async (context) => {
        if (context.path === '/sign-in/email') await noteSignIn(database, context.body, context.headers, context.context.returned);
      }),
    },
  } satisfies BetterAuthOptions;
  return betterAuth(options);
}

export type Auth = ReturnType<typeof createAuth>;

/** Answers the newcomer's id. */
async function admit(database: Database, settings: AuthSettings, body: unknown): Promise<string> {
  const { email, invitationToken: token } = invited.parse(body);
  if (!(await maySignUp(database.db, settings.signUp, email, token ?? null))) throw invitationRequired();
  return newPersonId(token === undefined ? [] : await teamOf(database.db, token));
}

async function place(database: Database, settings: AuthSettings, created: unknown, request: { body?: unknown; headers?: Headers | undefined } | null): Promise<void> {
  const newcomer = person.parse(created);
  const token = invited.parse(request?.body).invitationToken ?? null;
  const locale = request?.headers ? localeOf(request.headers) : null;
  const settled = await database.db.transaction(async (db) => {
    await db.update(schema.user).set({ locale }).where(eq(schema.user.id, newcomer.id));
    return settle(db, settings.signUp, newcomer, token);
  });
  if (settled) return;
  await database.db.delete(schema.user).where(eq(schema.user.id, newcomer.id));
  throw invitationRequired();
}

function invitationRequired(): APIError {
  return new APIError('FORBIDDEN', { code: 'INVITATION_REQUIRED', message: 'A valid invitation is needed to sign up here. Ask an owner or admin for a link.' });
}

function keyOf(body: unknown, headers: Headers | undefined): string {
  return attemptKey(invited.parse(body).email, headers?.get(addressHeader) ?? '');
}

async function refusePaused(database: Database, body: unknown, headers: Headers | undefined): Promise<void> {
  const pauseMs = await signInPauseMs(database.db, keyOf(body, headers), new Date());
  if (pauseMs === 0) return;
  const seconds = Math.ceil(pauseMs / 1_000);
  throw new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_REQUESTS', message: `Too many failed sign-ins for this account. Try again in ${seconds} s.` }, { 'Retry-After': String(seconds) });
}

const signedIn = z.object({ user: z.object({ id: z.string() }) });

async function noteSignIn(database: Database, body: unknown, headers: Headers | undefined, returned: unknown): Promise<void> {
  const key = keyOf(body, headers);
  if (returned instanceof APIError) {
    if (returned.statusCode === 401) await recordSignInFailure(database.db, key, new Date());
    return;
  }
  const success = signedIn.safeParse(returned);
  if (!success.success) return;
  await forgetSignInFailures(database.db, key);
  await recordAudit(database.db, { workspaceId: null, userId: success.data.user.id, action: 'signed-in' });
}
