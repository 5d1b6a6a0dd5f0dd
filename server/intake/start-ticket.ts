/** Numbers for tickets, and the start of their process, once. */
import type { Variables } from '../../engine/instance.ts';
import { takeNumbers } from '../db/numbers.ts';
import type { Sql } from '../db/sql.ts';
import { AlreadyDone } from '../process/guard.ts';
import type { Services } from '../services.ts';

const FIRST = 100_001;

/** A fresh number: "R-100001". */
export async function nextNumber(sql: Sql): Promise<string> {
  return `R-${await takeNumbers(sql, 'ticket', 1, FIRST)}`;
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
