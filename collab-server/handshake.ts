import type { IncomingMessage } from 'node:http';
import type { Access } from '#db/access';
import type { Auth } from '#db/auth';
import { authenticate } from '#db/authenticate';
import type { Database } from '#db/client';
import { redeemTicket } from '#db/flow-tickets';
import { id } from '#flow/id';
import { refusal, type Refusal } from './close-codes';
import { readTicket } from './protocol';

export type Admission = { ok: true; access: Access; flowId: string } | { ok: false; refusal: Refusal };

/** Programs send no Origin; a page's must be one of ours, since the cookie travels with any page's request. */
export function isOriginAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin === undefined || allowed.includes(origin);
}

/** Only what proves who asks: a handshake needs no other header. */
export function credentialsOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  if (request.headers.cookie) headers.set('cookie', request.headers.cookie);
  if (request.headers.authorization) headers.set('authorization', request.headers.authorization);
  return headers;
}

/** Who wants to edit which flow, and may they be here at all. */
export async function admit(database: Database, auth: Auth, request: IncomingMessage, path: string): Promise<Admission> {
  const flowId = id.safeParse(path.slice('/collab/'.length));
  const [flow] = flowId.success ? await database.sql<{ workspace_id: string }[]>`select workspace_id from flows where id = ${flowId.data} and deleted_at is null` : [];
  const found = await authenticate(database, auth, { headers: credentialsOf(request), workspaceId: flow?.workspace_id });
  if (!found.ok && found.failure.code === 'NOT_SIGNED_IN') return { ok: false, refusal: refusal('notSignedIn', found.failure.message) };
  // A flow of a workspace one is not in does not exist.
  if (!found.ok || !flow || !flowId.success) return { ok: false, refusal: refusal('noFlow', 'there is no such flow') };
  return { ok: true, access: found.access, flowId: flowId.data };
}

/** By what the first frame brings. A bad ticket tells nothing about the flow it was shown for. */
export async function admitByTicket(database: Database, frame: Uint8Array, path: string): Promise<Admission> {
  const flowId = id.safeParse(path.slice('/collab/'.length));
  const ticket = readTicket(frame);
  const access = flowId.success && ticket !== null ? await redeemTicket(database, ticket, flowId.data) : null;
  if (!access || !flowId.success) return { ok: false, refusal: refusal('notSignedIn', 'this ticket does not admit here: it is used, too old or for another flow') };
  return { ok: true, access, flowId: flowId.data };
}
