/** Numbers of tickets, and the start of their process, once. */
import type { Variables } from '../../engine/instance.ts';
import type { Database } from '../db/database.ts';
import { numbersOf } from '../db/numbers.ts';
import { AlreadyDone } from '../process/guard.ts';
import type { Services } from '../services.ts';

const FIRST = 100_001;

/** Hands out fresh ticket numbers: "R-100001". */
export function ticketNumbers(db: Database): () => Promise<string> {
  const next = numbersOf(db, 'ticket', FIRST);
  return async () => `R-${await next()}`;
}

/** Starts the process of the ticket with this number; does nothing when it was started already. */
export async function startTicket(
  services: Pick<Services, 'runtime'>,
  number: string,
  variables: Variables,
  actor: string,
): Promise<void> {
  try {
    await services.runtime.start({
      message: 'request.submitted',
      businessKey: number,
      once: { kind: 'ticket', value: number },
      variables: { ...variables, number },
      actor,
    });
  } catch (error) {
    if (!(error instanceof AlreadyDone)) throw error;
  }
}
