import { io as connect } from 'socket.io-client';
import { z } from 'zod';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { parseRunEvent, type RunEvent } from '#flow/run-event';
import type { Client } from './client';
import { CommandError, type Io } from './command';
import { storedDefinition } from '#flow/canonical';

/**
 * Follows a run over Socket.IO to its end. After a lost connection it asks again with the last number it saw, so no
 * event is missed or shown twice. Ctrl+C leaves the run alone.
 */
const runShape = z.looseObject({ definition: z.unknown() });
const heardShape = z.object({ runId: z.string(), events: z.array(z.unknown()) });
const endings: ReadonlySet<string> = new Set(['run.succeeded', 'run.failed', 'run.cancelled', 'run.reset', 'run.quarantined']);
const giveUpAfterMs = 60_000;

export async function watchRun(io: Io, client: Client, runId: string, { json }: { json: boolean }): Promise<void> {
  const { definition } = await client.get(`/runs/${runId}?definition=1`, runShape);
  const tell = json ? (event: RunEvent) => io.err(JSON.stringify(event)) : teller(io, storedDefinition(definition));
  const socket = connect(`${client.url}/runs`, { auth: { apiKey: client.apiKey }, transports: ['websocket', 'polling'], reconnectionDelay: 250, reconnectionDelayMax: 2_000 });
  let last = 0;
  let lostAt = Date.now();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', () => {
        lostAt = 0;
        socket.emit('watch', { runId, after: last }, (answer: { ok: boolean; error?: { code: string; message: string } }) => {
          if (!answer.ok) reject(new CommandError(`${answer.error?.code ?? 'INTERNAL'}: ${answer.error?.message ?? 'the run cannot be watched'}`));
        });
      });
      socket.on('disconnect', () => (lostAt = Date.now()));
      socket.on('connect_error', (error: Error & { data?: { code: string; message: string } }) => {
        if (error.data) reject(new CommandError(`${error.data.code}: ${error.data.message}`));
        else if (lostAt > 0 && Date.now() - lostAt > giveUpAfterMs) reject(new CommandError(`The connection to ${client.url} was lost. Run ${runId} goes on without being watched.`));
      });
      socket.on('events', (payload: unknown) => {
        const heard = heardShape.parse(payload);
        for (const event of heard.events.map(parseRunEvent)) {
          if (heard.runId !== runId || event.seq <= last) continue;
          last = event.seq;
          tell(event);
          if (endings.has(event.type)) resolve();
        }
      });
    });
  } finally {
    socket.disconnect();
  }
}

const marks = { going: '▸', done: '✓', failed: '✗', waits: '…', skipped: '–' } as const;
const colours = { going: 36, done: 32, failed: 31, waits: 33, skipped: 90 } as const;

/** One line per step that begins, ends or waits. */
function teller({ err, env, isTerminal }: Io, definition: FlowDefinition): (event: RunEvent) => void {
  const steps = stepsOf(definition);
  const nameOf = (id: string | undefined) => steps.find((step) => step.id === id)?.name ?? id ?? '';
  const width = Math.min(40, Math.max(0, ...steps.map((step) => step.name.length)));
  const coloured = isTerminal && !env['NO_COLOR'];
  const line = (mark: keyof typeof marks, name: string, rest: string) => err(`${coloured ? `\u001b[${colours[mark]}m${marks[mark]}\u001b[0m` : marks[mark]} ${rest === '' ? name : name.padEnd(width)}${rest === '' ? '' : `  ${rest}`}`);
  return (event) => {
    const name = nameOf(event.stepId);
    switch (event.type) {
      case 'run.requested': return line('going', definition.name, `${event.data.version === null ? 'draft' : `version ${event.data.version}`}, ${event.data.trigger}`);
      case 'step.started': return line('going', name, '');
      case 'step.succeeded': return line('done', name, `${event.data.itemsIn} → ${event.data.itemsOut}  ${event.data.durationMs} ms${event.data.warnings > 0 ? `  ${event.data.warnings} warnings` : ''}`);
      case 'step.failed': return line('failed', name, `${event.data.error.code}: ${event.data.error.message}`);
      case 'step.retry_scheduled': return line('waits', name, `again at ${event.data.at} (${event.data.attempt} of ${event.data.of})`);
      case 'step.waiting': return line('waits', name, event.data.text?.en ?? event.data.reason);
      case 'step.skipped': return line('skipped', name, event.data.text?.en ?? event.data.reason);
      case 'step.logged': return event.data.level === 'info' ? undefined : line('waits', name, event.data.text?.en ?? event.data.message);
      case 'run.paused': return line('waits', 'Paused', event.data.by.name);
      case 'run.succeeded': return line('done', 'Succeeded', event.data.warnings > 0 ? `${event.data.warnings} warnings` : '');
      case 'run.failed': return line('failed', 'Failed', '');
      case 'run.cancelled': return line('failed', 'Cancelled', '');
      case 'run.reset': return line('skipped', 'Reset to draft', event.data.by.name);
      case 'run.quarantined': return line('failed', 'Quarantined', event.data.reason);
      default: return undefined;
    }
  };
}
