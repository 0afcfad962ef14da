// One command: installs, builds what is stale, then hands over to the supervisor in dist/start.js, or to an engine.
import { ensureBuilt, ensureInstalled, requireNode } from './scripts/setup.mjs';

requireNode();
process.env.NODE_ENV = 'production';
process.env.NEXT_TELEMETRY_DISABLED = '1';
ensureInstalled();
ensureBuilt();
await import(process.argv.includes('--only=engine') ? './dist/engine/start.cjs' : './dist/start.js');
