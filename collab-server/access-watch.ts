import type { Access, Role } from '#db/access';
import type { Database } from '#db/client';
import { parseRole } from '#db/workspaces';

const everyMs = 2_000;
type Watched = { access: Access; onChange: (role: Role | null) => void };

/**
 * Sockets outlive requests, so their rights are asked for again: one query every two seconds for all sockets of the
 * process. A signed-out session, a revoked key and a removed member end with null.
 */
export class AccessWatch {
  private readonly watched = new Set<Watched>();
  private readonly timer: NodeJS.Timeout;
  private isChecking = false;
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
    this.timer = setInterval(() => void this.check(), everyMs);
  }

  /** Returns how to stop. */
  watch(access: Access, onChange: (role: Role | null) => void): () => void {
    const entry = { access, onChange };
    this.watched.add(entry);
    return () => void this.watched.delete(entry);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    if (this.isChecking || this.watched.size === 0) return;
    this.isChecking = true;
    try {
      const all = [...this.watched];
      const roles = await this.rolesOf(all.map((each) => each.access));
      for (const each of all) {
        const role = roles.get(keyOf(each.access)) ?? null;
        if (role === each.access.role || !this.watched.has(each)) continue;
        if (role) each.access = { ...each.access, role };
        else this.watched.delete(each);
        each.onChange(role);
      }
    } catch (error) {
      console.error('rights of sockets could not be asked for:', error); // the next check says it again
    } finally {
      this.isChecking = false;
    }
  }

  private async rolesOf(accesses: Access[]): Promise<Map<string, Role>> {
    const people = accesses.filter((access) => access.sessionId !== undefined);
    const keys = accesses.flatMap((access) => access.apiKeyId ?? []);
    const rows = await this.database.sql<{ key: string; role: string }[]>`
      select t.session_id || ' ' || t.workspace_id as key, m.role
      from unnest(${people.map((each) => each.sessionId ?? '')}::text[], ${people.map((each) => each.workspaceId)}::text[]) as t(session_id, workspace_id)
      join session s on s.id = t.session_id and s.expires_at > now()
      join members m on m.user_id = s.user_id and m.workspace_id = t.workspace_id
      union all
      select k.id || ' ' || k.workspace_id, k.role from api_keys k where k.id = any(${keys}::text[]) and k.revoked_at is null`;
    return new Map(rows.map((row) => [row.key, parseRole(row.role)]));
  }
}

function keyOf(access: Access): string {
  return `${access.sessionId ?? access.apiKeyId ?? ''} ${access.workspaceId}`;
}
