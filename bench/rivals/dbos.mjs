// DBOS Transact 5.3 as its guide shows it: a workflow of steps that do nothing. Told over IPC what to do.
import { DBOS } from '@dbos-inc/dbos-sdk';

const quiet = { info() {}, debug() {}, warn: console.error, error: console.error };
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: process.env.BENCH_URL, systemDatabasePoolSize: 20, logger: quiet });
const nothing = async () => null;
const workflow = DBOS.registerWorkflow(async (steps) => {
  for (let at = 0; at < steps; at++) await DBOS.runStep(nothing, { name: `s${at}` });
}, { name: 'chain' });
await DBOS.launch();
process.on('message', async ({ runs, steps, inFlight }) => {
  const started = performance.now();
  const took = [];
  let left = runs;
  const caller = async () => {
    while (left-- > 0) {
      const from = performance.now();
      const handle = await DBOS.startWorkflow(workflow)(steps);
      await handle.getResult();
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  process.send({ seconds: (performance.now() - started) / 1_000, took });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
