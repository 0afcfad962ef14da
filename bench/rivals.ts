import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

/** A rival in a process of its own, told what to do and answering with how long it took. Installed by scripts/bench.mjs. */
export type Rival = { work(task: Record<string, number | boolean>): Promise<{ seconds: number; took: number[] }>; stop(): void };
const answer = z.object({ seconds: z.number(), took: z.array(z.number()).default([]) });

export async function startRival(name: 'dbos' | 'graphile', url: string): Promise<Rival> {
  const folder = join(import.meta.dirname, 'rivals');
  const child: ChildProcess = fork(join(folder, `${name}.mjs`), { cwd: folder, env: { ...process.env, BENCH_URL: url, NODE_ENV: 'production' }, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const heard = async () => {
    const [message]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error(`${name} ended`); })]);
    return message;
  };
  await heard();
  return {
    work: async (task) => {
      child.send(task);
      return answer.parse(await heard());
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
