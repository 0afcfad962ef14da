import { z } from 'zod';
import type { Executor } from './client';
import { seal, unseal } from './sealed';
import { addJob } from './side-jobs';

/** A mail waits sealed in its job: it may hold a link that lets somebody in. */
export const mail = z.object({ to: z.email(), subject: z.string().max(300), text: z.string().max(50_000) });
export type Mail = z.infer<typeof mail>;

export async function enqueueMail(tx: Executor, wanted: Mail): Promise<void> {
  // A subject is one line: whoever names a workspace adds no header.
  const subject = wanted.subject.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
  await addJob(tx, 'send-mail', { sealed: seal('mail', JSON.stringify({ ...wanted, subject })) });
}

export function openMail(sealed: string): Mail {
  return mail.parse(JSON.parse(unseal('mail', sealed)));
}
