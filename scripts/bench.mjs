// `npm run bench -- <name>`: runs bench/<name>.ts on a durable PostgreSQL of its own and appends to bench/results.jsonl.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureBuilt, ensureInstalled, fail, requireNode, root, runNode } from './setup.mjs';

requireNode();
ensureInstalled();
const known = readdirSync(join(root, 'bench')).filter((file) => file.endsWith('.ts') && file !== 'harness.ts').map((file) => basename(file, '.ts'));
const name = process.argv[2] ?? '';
if (!known.includes(name) || !existsSync(join(root, 'bench', `${name}.ts`))) fail(`npm run bench -- <name>: "${name}" is none of ${known.join(', ')}.`);
if (name === 'start') ensureBuilt();
process.exitCode = runNode('node_modules/tsx/dist/cli.mjs', ['bench/harness.ts', name], { show: true, allowFailure: true }) ? 0 : 1;
