import { once } from 'node:events';
import { rawSocket } from './testing';

/** A process that sends what it is told to and says what became of the socket, so that its own work is not taken for the server's. */
export type Assault = { url: string; flowId: string; cookie: string; frames: Uint8Array[]; ask: number };
/** `code`: with what the socket was closed, null when the server kept it open. */
export type Verdict = { ask: number; code: number | null };

const keptOpenAfterMs = 3_000;

async function closedWith({ url, flowId, cookie, frames }: Assault): Promise<number | null> {
  const socket = rawSocket(url, flowId, { cookie });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'message');
  for (const frame of frames) socket.send(frame);
  const code = await Promise.race([closed, new Promise<null>((resolve) => setTimeout(resolve, keptOpenAfterMs, null))]);
  socket.terminate();
  return code;
}

process.on('message', (told: Assault) => void closedWith(told).then((code) => process.send?.({ ask: told.ask, code } satisfies Verdict)));
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
