#!/usr/bin/env node
// The command line: the built one when it is newer than its sources, else straight from the sources.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, isNewest, requireNode, root } from '../scripts/setup.mjs';

requireNode();
if (!existsSync(join(root, 'node_modules', 'tsx'))) ensureInstalled();
if (isNewest('dist/cli.js', ['cli', 'db', 'flow'])) await import('../dist/cli.js');
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
}
