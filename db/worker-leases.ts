import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import { isUnreachable } from './refused';

const againMs = 100;
const mostMs = 10_000; // then the leases are over by themselves

/** A process of this host has died: what it held is free for others at once, or as soon as PostgreSQL, which may have died with it, is back. */
export async function releaseLeases(sql: postgres.Sql, pid: number): Promise<void> {
  for (const end = Date.now() + mostMs; ; await pause(againMs)) {
    try {
      await sql`update workers set lease_until = now() - interval '1 second' where pid = ${pid} and host = ${hostname()}`;
      await sql`delete from room_leases where owner like ${`%:${pid}:%`}`;
      return;
    } catch (error) {
      if (!isUnreachable(error) || Date.now() > end) throw error;
    }
  }
}
