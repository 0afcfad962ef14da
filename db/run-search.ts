import type { Database } from './client';

/** Which of these runs a list's text search finds: part of their names, input, output or error. */
export async function runsContaining(sql: Database['sql'], runIds: readonly string[], searched: string): Promise<Set<string>> {
  const pattern = `%${searched.trim().slice(0, 200).replaceAll(/[\\%_]/g, '\\$&').replaceAll('\u0000', '')}%`;
  const rows = await sql<{ id: string }[]>`select id from runs where id = any(${[...runIds]}::uuid[]) and search_text ilike ${pattern}`;
  return new Set(rows.map((row) => row.id));
}
