import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { denied, type Access } from '#db/access';
import { failure, FailureError, type Failure } from '#flow/failure';
import type { Allowance } from './allowance';

export type SocketData = { access: Access; allowance: Allowance };
type Acknowledge = (answer: object) => void;

/**
 * The way every event of a client takes: counted, parsed, authorised, handled, acknowledged as
 * `{ok:true,…}` or `{ok:false,error:{code,message}}`. Without an acknowledgement function the answer is dropped.
 */
export function onEvent<S extends z.ZodType>(socket: Socket, event: string, shape: S, handle: (payload: z.output<S>, access: Access) => Promise<object>): void {
  socket.on(event, (...args: unknown[]) => {
    const last = args.at(-1);
    const acknowledge: Acknowledge = typeof last === 'function' ? (answer) => void last(answer) : () => {};
    answer(socket, shape, typeof args[0] === 'function' ? undefined : args[0], handle).then(acknowledge, (error: unknown) => {
      if (error instanceof FailureError) return acknowledge(refused(error.failure));
      console.error(`unexpected error in socket event ${event}:`, error);
      acknowledge(refused(failure('INTERNAL', { en: 'Something went wrong on the server. It was logged; try again.', fr: 'Une erreur s’est produite sur le serveur. Elle a été notée ; réessayez.' })));
    });
  });
}

async function answer<S extends z.ZodType>(socket: Socket, shape: S, given: unknown, handle: (payload: z.output<S>, access: Access) => Promise<object>): Promise<object> {
  const { access, allowance } = dataOf(socket);
  if (!allowance.spend(1)) return refused(tooMany);
  const withheld = denied(access, 'workspace.read');
  if (withheld) return refused(withheld);
  const parsed = shape.safeParse(given);
  if (!parsed.success) return refused(invalid(parsed.error));
  return { ok: true, ...(await handle(parsed.data, access)) };
}

export function refused({ code, message, details }: Failure): object {
  return { ok: false, error: { code, message, ...(details === undefined ? {} : { details }) } };
}

export function dataOf(socket: Socket): SocketData {
  return socket.data as SocketData; // written by the namespace's middleware before any event
}

function invalid(error: z.ZodError): Failure {
  const details = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = details[0];
  const what = first ? `${first.path ? `"${first.path}": ` : ''}${first.message}` : 'invalid';
  return failure('PARAM_INVALID', { en: `The event is not as it should be: ${what}.`, fr: `L’événement n’est pas conforme : ${what}.` }, { details });
}

const tooMany = failure('TOO_MANY_REQUESTS', { en: 'Too many events from this socket. Wait a second.', fr: 'Trop d’événements sur cette connexion. Attendez une seconde.' });
