import { z } from 'zod';
import type { Executor } from './client';
import { seal, unseal } from './sealed';
import { addJobs } from './side-jobs';

/** A mail waits sealed in its job: it may hold a link that lets somebody in. */
export const mail = z.object({ to: z.email(), subject: z.string().max(300), text: z.string().max(50_000) });
export type Mail = z.infer<typeof mail>;

/** A mail that tells of a notification carries its id: what became of it is noted there. */
export async function enqueueMail(tx: Executor, ...mails: readonly (Mail & { notificationId?: string })[]): Promise<void> {
  await addJobs(tx, 'send-mail', mails.map(({ notificationId, ...wanted }) => {
    // A subject is one line: whoever names a workspace adds no header.
    const subject = wanted.subject.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
    return { sealed: seal('mail', JSON.stringify({ ...wanted, subject })), ...(notificationId === undefined ? {} : { notificationId }) };
  }));
}

export function openMail(sealed: string): Mail {
  return mail.parse(JSON.parse(unseal('mail', sealed)));
}
