import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that keeps what it is given, and may be told to refuse, or to keep its answer to itself. */
export type KeptMail = { from: string; to: string[]; subject: string; messageId: string; text: string };
export type MailServer = { url: string; kept: KeptMail[]; mode: 'takes' | 'refuses' | 'takes in silence'; refused: number; close(): Promise<void> };

export async function startMailServer(): Promise<MailServer> {
  const smtp = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (made.mode === 'refuses') {
          made.refused += 1;
          done(new Error('busy, come back later'));
          return;
        }
        const text = Buffer.concat(parts).toString('utf8');
        const header = (name: string) => new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(text.split('\r\n\r\n')[0] ?? '')?.[1] ?? '';
        made.kept.push({ from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '', to: session.envelope.rcptTo.map((each) => each.address), subject: header('Subject'), messageId: header('Message-ID'), text });
        if (made.mode === 'takes') done();
      });
    },
  });
  smtp.on('error', () => {}); // A client that was killed resets its connection.
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const made: MailServer = {
    url: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`, kept: [], mode: 'takes', refused: 0, // it listens on TCP
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
  return made;
}
