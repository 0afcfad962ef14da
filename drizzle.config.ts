import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './db/schema/index.ts',
  out: './db/migrations',
  // run_events is partitioned: its SQL is written by hand in a custom migration.
  tablesFilter: ['!run_events'],
});
