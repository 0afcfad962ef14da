import { foldEvents, initialRunState, isEnded } from '#flow/run-state';
import { eventOf, type Row, type SimulatedDatabase, type World } from './simulated-database';
import type { Ledger } from './simulated-workers';

/** Holds a simulated world against RULES.md and counts what it came to; throws with the rule that is broken. */
export function checkWorld(world: World, { logs, slots }: SimulatedDatabase, cancelAsked: ReadonlySet<string>, ledger: Ledger): void {
  for (const [id, log] of logs) {
    const say = (rule: string) => { throw new Error(`${rule} (run ${id})\n${log.map((row) => `${row.seq} f${row.fence} ${row.type} ${row.stepId ?? ''} ${row.attempt ?? ''}`).join('\n')}`); };
    const succeeded = new Set<string>();
    const started = new Set<string>();
    log.forEach((row, place) => {
      if (row.seq !== place + 1) say(`R1: a hole or a double at ${place + 1}`);
      if (row.fence < (log[place - 1]?.fence ?? 0)) say(`R4: the fence falls at ${row.seq}`);
      const attempt = `${row.stepId}/${row.iteration}/${row.attempt}`;
      if (row.type === 'step.started') started.add(attempt);
      if (row.type !== 'step.succeeded') return;
      if (!started.has(attempt)) say(`R9: a success without its start at ${row.seq}`);
      if (succeeded.has(`${row.stepId}/${row.iteration}`)) say(`R8: ${row.stepId} succeeded twice`);
      succeeded.add(`${row.stepId}/${row.iteration}`);
    });
    const ends = log.filter((row) => ['run.succeeded', 'run.failed', 'run.cancelled'].includes(row.type));
    if (ends.length > 1 || (ends.length === 1 && ends[0]?.seq !== log.length)) say('R21: it ends twice, or goes on after its end');
    const state = foldEvents(initialRunState, log.map(eventOf));
    const slot = slots.get(id);
    if (slot && slot.headSeq !== log.length) say(`R2: the head says ${slot.headSeq}, the log has ${log.length}`);
    if (isEnded(state.status) !== (slot === undefined)) say(`R7: it is ${state.status} and ${slot ? 'has a slot' : 'has none'}`);
    if (state.status === 'cancelled') world.cancelled += 1;
    if (slot) world.open += 1;
    if (cancelAsked.has(id) && slot?.state === 'waiting') say('R28: it was asked to stop and waits');
    for (const [key, times] of ledger) if (key.startsWith(`${id}/`)) checkEffects(say, log, key, times);
  }
}

/** An effect happens again only after a crash left it in doubt: each time under another claim or attempt. */
function checkEffects(say: (rule: string) => void, log: readonly Row[], key: string, times: readonly { fence: number; attempt: number }[]): void {
  const stepId = key.split('/')[1];
  for (const time of times) if (!log.some((row) => row.type === 'step.started' && row.stepId === stepId && row.attempt === time.attempt)) say(`R9: ${stepId} acted before its start was in the log`);
}
