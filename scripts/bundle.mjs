// How TypeScript becomes what Node runs: for production (build.mjs) and for tests that kill real processes.
import { build } from 'esbuild';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './setup.mjs';

/** What an engine uses from its first second on: read from one file instead of a thousand, and compiled beforehand. */
const carried = ['@marcbachmann/cel-js', '@opentelemetry/api', 'bintrees', 'croner', 'decimal.js', 'drizzle-orm', 'fractional-indexing-jittered', 'lib0', 'postgres', 'postgres-array', 'prom-client', 'tdigest', 'yjs', 'zod'];
const packageOf = (path) => path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/');
const common = { bundle: true, platform: 'node', target: 'node20', sourcemap: 'linked', absWorkingDir: root, logLevel: 'warning' };

/** Servers with their packages beside them. Code that is imported later stays in files of its own. */
export async function bundleServers(entryPoints, outdir) {
  await build({ ...common, entryPoints, outdir, splitting: true, format: 'esm', plugins: [imports([])] });
}

/** An engine is started often where it dies often: one file, and what V8 makes of it. The entry exports `run`. Returns what to start. */
export async function bundleEngine(entry, folder) {
  await build({
    ...common, entryPoints: { engine: entry }, outdir: folder, outExtension: { '.js': '.cjs' }, format: 'cjs', plugins: [imports(carried)],
    banner: { js: "const importedFrom = require('node:url').pathToFileURL(__filename).href;" }, define: { 'import.meta.url': 'importedFrom' },
    supported: { 'dynamic-import': false }, // compiled code that was kept cannot: it requires
  });
  const start = join(folder, 'start.cjs');
  copyFileSync(join(root, 'scripts', 'start-compiled.cjs'), start);
  runNode(start, ['--compile']);
  return start;
}

const imports = (packages) => ({
  name: 'imports',
  setup: (bundler) => {
    // `#flow/…`, `#db/…` and `#outgoing/…` look like packages to esbuild; they are ours and belong into the bundle.
    bundler.onResolve({ filter: /^#(flow|db|outgoing)\// }, ({ path }) => bundler.resolve(`./${path.slice(1)}`, { resolveDir: root, kind: 'import-statement' }));
    bundler.onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) => (kind === 'entry-point' || packages.includes(packageOf(path)) ? undefined : { path, external: true }));
  },
});
