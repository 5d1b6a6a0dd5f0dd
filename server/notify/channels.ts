/** The ways in which people are told something: one line per channel. */
import type { Logger } from 'pino';
import type { Recipient } from './recipients.ts';

/** What people are told. */
export interface Notice {
  /** Idempotency key: the same notice may be given again after a crash. */
  key: string;
  subject: string;
  text: string;
  recipients: readonly Recipient[];
}

/** Passes a notice on. @throws Error when it did not get through: the job tries again */
export type Channel = (notice: Notice, log: Logger) => Promise<void>;

/** The server's log; the notice itself stands on the ticket. */
const toLog: Channel = (notice, log) => {
  const to = notice.recipients.map((recipient) => recipient.id);
  log.debug({ notice: notice.key, to, subject: notice.subject }, 'people were told');
  return Promise.resolve();
};

export const channels: readonly Channel[] = [toLog];
