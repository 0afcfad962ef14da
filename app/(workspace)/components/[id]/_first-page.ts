import 'server-only';
import type { Access } from '#db/access';
import type { Database } from '#db/client';
import { listEntries } from '#db/entries';
import type { ComponentModel } from '#flow/component-model';
import { filterJson, newestFirst, readQuery } from '../../../_data/entry-query';
import type { EntryPage } from '../../../_data/use-entries';

type Params = Record<string, string | string[] | undefined>;

/** An address with a filter that no longer makes sense shows nothing first; the browser then asks and says why. */
export async function parseFirst(database: Database, access: Access, component: ComponentModel, given: Params): Promise<EntryPage> {
  const pairs = Object.entries(given).flatMap(([key, value]) => [value ?? []].flat().map((each) => [key, each]));
  const query = readQuery(new URLSearchParams(pairs), component.fields);
  const found = await listEntries(database, access, component.id, {
    filter: filterJson(query.filters, component.fields) ?? undefined, sort: query.sort || newestFirst, search: query.q || undefined, instanceState: query.states.length > 0 ? query.states : undefined, limit: 50,
  });
  return found.ok ? { items: found.items, nextCursor: found.nextCursor, total: found.total } : { items: [], nextCursor: null, total: 0 };
}
