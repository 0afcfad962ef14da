// Types and lint. Prints one line per check; exits non-zero when one fails.
import { pathToFileURL } from 'node:url';
import { ensureInstalled, requireNode, runNode } from './setup.mjs';

export function check() {
  const checks = [
    ['types', 'node_modules/typescript/bin/tsc', ['--noEmit']],
    ['lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--quiet']],
  ];
  const failed = checks.filter(([name, script, args]) => {
    const good = runNode(script, args, { show: true, allowFailure: true });
    console.log(`${good ? 'passed' : 'FAILED'}: ${name}`);
    return !good;
  });
  return { passed: checks.length - failed.length, failed: failed.length };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  requireNode();
  ensureInstalled();
  if (check().failed > 0) process.exitCode = 1;
}
