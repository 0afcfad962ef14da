import { hostname } from 'node:os';
import { newId } from '#flow/id';
import type { Database } from './client';

/**
 * One web process owns a flow's room, by a short lease on the database's clock. The lease keeps order; what keeps two
 * owners from both writing is the log's primary key.
 */
const leaseSeconds = 3;
export const leaseRenewalMs = 1_000;

/** `host:pid:port-random`: the supervisor frees the leases of a dead pid by it, others find the owner's door. */
export function roomOwner(port: number): string {
  return `${hostname()}:${process.pid}:${port}-${newId('web')}`;
}

/** Where another process of this product answers, from its owner name. */
export function addressOfOwner(owner: string): string | null {
  const found = /^(.*):(\d+):(\d+)-/.exec(owner);
  if (!found) return null;
  return `${found[1] === hostname() ? '127.0.0.1' : (found[1] ?? '')}:${found[3] ?? ''}`;
}

/** null when the lease is ours now, else the name of its owner. */
export async function takeLease(sql: Database['sql'], flowId: string, owner: string): Promise<string | null> {
  const [row] = await sql<{ owner: string }[]>`
    insert into room_leases (flow_id, owner, lease_until) values (${flowId}, ${owner}, now() + make_interval(secs => ${leaseSeconds}))
    on conflict (flow_id) do update set owner = excluded.owner, lease_until = excluded.lease_until
      where room_leases.owner = excluded.owner or room_leases.lease_until < now()
    returning owner`;
  if (row) return null;
  const [other] = await sql<{ owner: string }[]>`select owner from room_leases where flow_id = ${flowId}`;
  return other?.owner ?? takeLease(sql, flowId, owner);
}

/** Renews all of an owner's leases; what is not among the answers was lost. */
export async function renewLeases(sql: Database['sql'], owner: string): Promise<Set<string>> {
  const rows = await sql<{ flow_id: string }[]>`
    update room_leases set lease_until = now() + make_interval(secs => ${leaseSeconds}) where owner = ${owner} returning flow_id`;
  return new Set(rows.map((row) => row.flow_id));
}

export async function releaseLease(sql: Database['sql'], flowId: string, owner: string): Promise<void> {
  await sql`delete from room_leases where flow_id = ${flowId} and owner = ${owner}`;
}
