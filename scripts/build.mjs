// Builds what production runs: the Next.js app into .next and the servers into dist.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root, runNode } from './setup.mjs';

export async function buildServers() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await bundle({ start: join(root, 'start.ts'), cli: join(root, 'cli', 'main.ts') }, join(root, 'dist'));
  await bundle({ start: join(root, 'start-engine.ts') }, join(root, 'dist', 'engine'), { withPackages: true });
}

await buildServers();
if (!process.argv.includes('--servers')) runNode('node_modules/next/dist/bin/next', ['build'], { env: { NODE_ENV: 'production' } });
