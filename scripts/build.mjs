// Builds what production runs: the Next.js app into .next and the servers into dist.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleEngine, bundleServers } from './bundle.mjs';
import { root, runNode } from './setup.mjs';

export async function buildServers() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await bundleServers({ start: join(root, 'start.ts'), cli: join(root, 'cli', 'main.ts') }, join(root, 'dist'));
  await bundleEngine(join(root, 'start-engine.ts'), join(root, 'dist', 'engine'));
}

await buildServers();
if (!process.argv.includes('--servers')) runNode('node_modules/next/dist/bin/next', ['build'], { env: { NODE_ENV: 'production' } });
