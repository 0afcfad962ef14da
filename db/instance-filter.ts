import { sql, type SQL } from 'drizzle-orm';
import type { InstanceFilter } from '#flow/instance-state';
import { entries } from './schema';

/** Entries whose newest instance is in one of these states; `none`: no workflow has worked on them. */
export function inInstanceState(componentId: string, wanted: readonly InstanceFilter[]): SQL {
  const states = wanted.filter((each) => each !== 'none');
  const found = sql`${entries.id} in (select entry_id from (select distinct on (entry_id) entry_id, state from instances where component_id = ${componentId} and entry_id is not null order by entry_id, created_at desc, id desc) newest where state = any(string_to_array(${states.join(',')}, ',')))`;
  const untouched = sql`not exists (select 1 from instances where component_id = ${componentId} and entry_id = ${entries.id})`;
  return wanted.includes('none') ? sql`(${found} or ${untouched})` : found;
}
