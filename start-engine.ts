import { startEngine } from './engine/main';
import { orOneLine, startPart } from './start-part';

/** An engine process: a bundle of its own, which loads nothing that only other parts need. */
export function run(): void {
  void orOneLine(() => startPart('engine', 10, (env, database) => startEngine({ env, database, connectionUrl: env.databaseUrl, sideJobs: true })));
}
