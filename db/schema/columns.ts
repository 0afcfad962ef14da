import { customType, timestamp } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** Transaction id as text: wider than a JavaScript number. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** Every time is stored with its zone and to the millisecond, as the API shows it. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
