import postgres from 'postgres';
import { arrayTypes } from './array-types';
import { backoff } from './reconnect';

/** Every pool of the product: what differs between them is how many connections they hold and what these are set to. */
export function openPool(url: string, options: { max: number } & Pick<Partial<postgres.Options<Record<string, never>>>, 'idle_timeout' | 'connection'>): postgres.Sql {
  return postgres<Record<never, never>>(url, { onnotice: () => {}, connect_timeout: 10, backoff, fetch_types: false, types: arrayTypes, ...options });
}
