// The product from its sources with hot reload: supervises nothing, so that a crash is seen. Needs DATABASE_URL.
import { spawn } from 'node:child_process';
import { ensureInstalled, fail, requireNode, root } from './setup.mjs';

requireNode();
ensureInstalled();
if (!process.env.DATABASE_URL) fail('npm run dev needs DATABASE_URL, a PostgreSQL of your own that it may migrate.');
const parts = [['--only=web', '--dev'], ['--only=engine']].map((args) => spawn(process.execPath, ['--import', 'tsx', 'start.ts', ...args], { cwd: root, stdio: 'inherit' }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => parts.forEach((each) => each.kill(signal)));
