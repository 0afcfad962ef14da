import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { isOfCutConnection } from '#db/driver-guard';

export default defineConfig({
  // The marker throws outside a server bundle; tests are neither a browser nor Next.
  resolve: { alias: { 'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)) } },
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules/**', '.next/**', 'dist/**', '.cache/**', 'e2e/**'],
    globalSetup: ['./db/testing-setup.ts'],
    testTimeout: 120_000, // a bound for what hangs, not a measure: machines differ
    hookTimeout: 180_000,
    maxWorkers: 2,
    onUnhandledError: (error) => !isOfCutConnection(error), // tests of faults cut the connections of their own process too
    reporters: process.env['VITEST_JSON'] ? ['default', ['json', { outputFile: process.env['VITEST_JSON'] }]] : ['default'],
  },
});
