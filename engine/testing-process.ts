import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundleEngine as bundled } from '../scripts/bundle.mjs';
import type { Flushed } from './append';

/** Real engine processes for tests that kill them, bundled as in production so that they start fast. */
export type EngineProcess = { pid: number; child: ChildProcess; kill(signal: NodeJS.Signals): Promise<void>; totals(): Promise<Flushed> };

const root = join(import.meta.dirname, '..');

/** Returns the file to fork. */
export function bundleEngine(): Promise<string> {
  return bundled(join(root, 'engine', 'testing-process-entry.ts'), join(root, '.cache', 'engine-process', `${process.pid}`));
}

export async function spawnEngine(file: string, url: string, variables: Record<string, string> = {}): Promise<EngineProcess> {
  const child = fork(file, { env: { ...process.env, ...variables, DATABASE_URL: url }, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const totals = async () => {
    const told = once(child, 'message') as Promise<[Flushed]>; // what testing-process-entry.ts answers
    child.send('totals');
    return (await told)[0];
  };
  return { pid: child.pid ?? 0, child, kill, totals };
}
