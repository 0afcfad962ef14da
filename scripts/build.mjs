// Builds what production runs: the Next.js app into .next and the servers into dist.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode } from './setup.mjs';

export async function buildServers() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build({
    entryPoints: { start: join(root, 'start.ts'), cli: join(root, 'cli', 'main.ts') }, outdir: join(root, 'dist'), bundle: true, splitting: true, format: 'esm', platform: 'node',
    target: 'node20', packages: 'external', sourcemap: 'linked', absWorkingDir: root, logLevel: 'warning',
    plugins: [{
      // `#flow/…`, `#db/…` and `#outgoing/…` look like packages to esbuild; they are ours and belong into the bundle.
      name: 'own-imports',
      setup: (bundler) => bundler.onResolve({ filter: /^#(flow|db|outgoing)\// }, ({ path, resolveDir }) => bundler.resolve(`./${path.slice(1)}`, { resolveDir: root, kind: 'import-statement', pluginData: resolveDir })),
    }],
  });
}

await buildServers();
if (!process.argv.includes('--servers')) runNode('node_modules/next/dist/bin/next', ['build'], { env: { NODE_ENV: 'production' } });
