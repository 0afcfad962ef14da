import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from './fixtures';

/** The product's processes, as its supervisor writes them into the data directory. */
export function pidOf(part: 'web' | 'engine'): number {
  const { children }: { children: { part: string; pid: number }[] } = JSON.parse(readFileSync(join(process.env['E2E_DATA_DIR'] ?? '', 'processes.json'), 'utf8'));
  const found = children.find((each) => each.part === part);
  if (!found) throw new Error(`no ${part} process is running`);
  return found.pid;
}

/** `kill -9`, then waits until the supervisor has started another one. */
export async function killHard(part: 'web' | 'engine'): Promise<void> {
  const before = pidOf(part);
  process.kill(before, 'SIGKILL');
  await expect.poll(() => pidOrNull(part), { message: `another ${part} process` }).not.toBe(before);
}

function pidOrNull(part: 'web' | 'engine'): number | null {
  try {
    return pidOf(part);
  } catch {
    return null; // between two lives, or while the file is being written
  }
}
