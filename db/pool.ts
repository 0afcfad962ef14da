import postgres from 'postgres';
import { arrayTypes } from './array-types';
import { backoff } from './reconnect';

/**
 * The pools of the product: they differ in how many connections they hold and in what these are set to. Setting up and migrating open
 * a connection of their own, and so does the heartbeat's thread, which can load nothing but the driver.
 */
export function openPool(url: string, options: { max: number } & Pick<Partial<postgres.Options<Record<string, never>>>, 'idle_timeout' | 'connection'>): postgres.Sql {
  return postgres<Record<never, never>>(url, { onnotice: () => {}, connect_timeout: 10, backoff, fetch_types: false, types: arrayTypes, ...options });
}
