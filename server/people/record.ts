/** Records what administrators do with accounts, groups and tokens, in the transaction that does it. */
import type { Value } from '../../engine/instance.ts';
import type { Clock } from '../clock.ts';
import { appendOperation } from '../db/operations.ts';
import type { Sql } from '../db/sql.ts';
import type { Services } from '../services.ts';
import { peopleChanged } from './revision.ts';

/** What the functions of this folder work with: the database or one transaction, and the clock. */
export interface PeopleServices {
  db: Sql;
  clock: Clock;
}

/** An administrative act; details never hold a secret. */
export interface PeopleOperation {
  /** `user:LOGIN`, or `system`. */
  actor: string;
  /** Past tense: `UserChanged`. */
  action: string;
  /** Login, group or token id. */
  subject: string;
  details?: { [key: string]: Value };
}

/** Does the work and records it, or neither. */
export function recorded<T>(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  operation: PeopleOperation,
  work: (services: PeopleServices) => Promise<T>,
): Promise<T> {
  const stored = db.transaction(async (tx) => {
    const result = await work({ db: tx, clock });
    await appendOperation(tx, { stream: 'people', at: clock.now(), details: {}, ...operation });
    return result;
  });
  return stored.finally(peopleChanged);
}
