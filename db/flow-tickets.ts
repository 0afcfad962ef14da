import { randomBytes } from 'node:crypto';
import type { Result } from '#flow/failure';
import type { Access } from './access';
import type { Database } from './client';
import { findFlow } from './flows';
import { permitted } from './permitted';
import { hashToken } from './session-token';
import { parseRole } from './workspaces';

/** A ticket opens one socket of one flow, once and soon, as whoever asked for it: for clients that cannot send a cookie there. */
export type Ticket = { ticket: string; expiresAt: string };
export const ticketSeconds = 60;

export async function createTicket(database: Database, access: Access, flowId: string): Promise<Result<Ticket>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    return insertTicket(database, access, flowId);
  });
}

/** For whoever has checked that this access reaches the flow. */
export async function insertTicket({ sql }: Database, access: Access, flowId: string): Promise<Ticket> {
  const ticket = `mlt_${randomBytes(32).toString('base64url')}`;
  const [row] = await sql<{ expires_at: Date }[]>`
    with swept as (delete from flow_tickets where token_hash in (select token_hash from flow_tickets where expires_at < now() for update skip locked))
    insert into flow_tickets (token_hash, flow_id, workspace_id, session_id, api_key_id, expires_at)
    values (${hashToken(ticket)}, ${flowId}, ${access.workspaceId}, ${access.sessionId ?? null}, ${access.apiKeyId ?? null}, now() + make_interval(secs => ${ticketSeconds}))
    returning expires_at`;
  if (!row) throw new Error('a ticket was not stored');
  return { ticket, expiresAt: row.expires_at.toISOString() };
}

/**
 * Who a ticket admits to the flow, or null. The delete is what makes it single: of two that come at once, at whatever
 * processes, the row lock lets one have it. A ticket for another flow stays as it is.
 */
export async function redeemTicket({ sql }: Database, ticket: string, flowId: string): Promise<Access | null> {
  const [row] = await sql<{ workspace_id: string; session_id: string | null; api_key_id: string | null; user_id: string | null; user_name: string | null; role: string; key_name: string | null }[]>`
    with used as (
      delete from flow_tickets where token_hash = ${hashToken(ticket)} and flow_id = ${flowId} and expires_at > now() returning workspace_id, session_id, api_key_id
    )
    select t.*, u.id as user_id, u.name as user_name, k.name as key_name, coalesce(m.role, k.role) as role
    from used t
    join flows f on f.id = ${flowId} and f.workspace_id = t.workspace_id and f.deleted_at is null
    left join session s on s.id = t.session_id and s.expires_at > now()
    left join members m on m.user_id = s.user_id and m.workspace_id = t.workspace_id
    left join "user" u on u.id = m.user_id
    left join api_keys k on k.id = t.api_key_id and k.workspace_id = t.workspace_id and k.revoked_at is null
    where m.role is not null or k.role is not null`;
  if (!row) return null;
  const shared = { workspaceId: row.workspace_id, role: parseRole(row.role) };
  if (row.session_id !== null && row.user_id !== null) return { ...shared, user: { id: row.user_id, name: row.user_name ?? '' }, via: 'session', sessionId: row.session_id };
  return row.api_key_id === null ? null : { ...shared, user: null, via: 'api-key', apiKeyId: row.api_key_id, apiKeyName: row.key_name ?? '' };
}
