/** Numbers for tickets, and the start of their process, once. */
import { Rejection } from '../../engine/rejection.ts';
import type { Variables } from '../../engine/instance.ts';
import { bucketOfBusinessKey, readInstances } from '../db/instances.ts';
import { keyGenerator } from '../db/key.ts';
import { takeNumbers } from '../db/numbers.ts';
import type { Sql } from '../db/sql.ts';
import type { Services } from '../services.ts';

/** What a ticket to be opened will be called. */
export interface Offer {
  /** "R-100001". */
  number: string;
  /** Key of its process instance, in the bucket of the number. */
  instance: string;
}

const FIRST = 100_001;

/** A fresh number and the key that goes with it. */
export async function nextTicket(services: Pick<Services, 'clock'>, sql: Sql): Promise<Offer> {
  const number = `R-${await takeNumbers(sql, 'ticket', 1, FIRST)}`;
  return { number, instance: keyGenerator(services.clock).next(bucketOfBusinessKey(number)) };
}

/** Starts the process of a ticket; does nothing when it was started already. */
export async function startTicket(
  services: Services,
  offer: Offer,
  variables: Variables,
  actor: string,
): Promise<void> {
  const { number, instance } = offer;
  const given = { ...variables, number };
  try {
    await services.runtime.start({
      message: 'request.submitted',
      instance,
      businessKey: number,
      variables: given,
      actor,
    });
  } catch (error) {
    if (!(error instanceof Rejection && error.code === 'conflict')) throw error;
    const there = (await readInstances(services.db, [instance])).get(instance)?.instance;
    if (there?.businessKey !== number) throw error;
  }
}
