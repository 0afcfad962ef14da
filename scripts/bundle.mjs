// How TypeScript becomes what Node runs: for production (build.mjs) and for tests that kill real processes.
import { build } from 'esbuild';
import { root } from './setup.mjs';

/**
 * Packages that an engine uses from its first second on. It is started often where it dies often, and reading them from one
 * file instead of a thousand takes half of the time. Whatever has a binary or files of its own beside it stays outside.
 */
const carried = ['@marcbachmann/cel-js', '@opentelemetry/api', 'bintrees', 'croner', 'csv-parse', 'csv-stringify', 'decimal.js', 'drizzle-orm', 'fractional-indexing-jittered', 'lib0', 'nodemailer', 'postgres', 'prom-client', 'saxes', 'tdigest', 'undici', 'xmlchars', 'yjs', 'zod'];
const packageOf = (path) => path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/');

/** `withPackages`: those above become part of the bundle. Code that is imported later stays in files of its own. */
export async function bundle(entryPoints, outdir, { withPackages = false } = {}) {
  await build({
    entryPoints, outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', sourcemap: 'linked', absWorkingDir: root, logLevel: 'warning',
    ...(withPackages ? { banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" } } : {}),
    plugins: [{
      name: 'own-imports',
      setup: (bundler) => {
        // `#flow/…`, `#db/…` and `#outgoing/…` look like packages to esbuild; they are ours and belong into the bundle.
        bundler.onResolve({ filter: /^#(flow|db|outgoing)\// }, ({ path }) => bundler.resolve(`./${path.slice(1)}`, { resolveDir: root, kind: 'import-statement' }));
        bundler.onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) => (kind === 'entry-point' || (withPackages && carried.includes(packageOf(path))) ? undefined : { path, external: true }));
      },
    }],
  });
}
