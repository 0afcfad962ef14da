import { customType, timestamp } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** Any JSON value, text among them: drizzle's own `jsonb` reads text that looks like JSON a second time ("5" becomes 5). */
export const anyJson = customType<{ data: unknown; driverData: unknown }>({ dataType: () => 'jsonb', toDriver: (value) => JSON.stringify(value) });

/** Transaction id as text: wider than a JavaScript number. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** Every time is stored with its zone and to the millisecond, as the API shows it. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
