import { sqlstate } from './sqlstate.ts';

/** What PostgreSQL answers to every statement after the one that failed. */
const FAILED_BEFORE = '25P02';

/**
 * Waits for statements of one transaction that were sent without waiting in between: for all of them, also when one fails.
 * @throws what made them fail, which is not that an earlier one had failed
 */
export async function together(sent: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(sent);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((error) => sqlstate(error) !== FAILED_BEFORE) ?? failures[0];
}
