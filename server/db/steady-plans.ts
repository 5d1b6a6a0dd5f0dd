import type { Sql } from './sql.ts';

/**
 * For the transaction: what has an index is found by it. Tables of open tasks, timers and jobs are small and change all the
 * time: a plan that was made while one had three pages reads it whole also when it has thousands, of dead rows.
 */
export async function findByIndex(tx: Sql): Promise<void> {
  // Not SET LOCAL: as the first of several statements that go out together it would be warned of, each time.
  await tx.run(`select ${BY_INDEX}`);
}

/**
 * The same, and a statement is planned once on a connection: for arrays PostgreSQL would make another plan at each call,
 * which is the same again. Not for Citus, which finds the shard of a statement by the values that it is planned with.
 */
export async function steadyPlans(tx: Sql): Promise<void> {
  await tx.run(`select ${BY_INDEX}, set_config('plan_cache_mode', 'force_generic_plan', true)`);
}

/** Row by row: both other joins may read an index whole, which pays as long as a table is small. */
const BY_INDEX = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']
  .map((name) => `set_config('${name}', 'off', true)`)
  .join(', ');
