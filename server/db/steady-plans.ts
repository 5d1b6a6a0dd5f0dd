import type { Sql } from './sql.ts';

/**
 * For the transaction: what has an index is found by it, and a statement is planned once on a connection. Tables of open
 * tasks, timers and jobs are small and change all the time: a plan that was made while one had three pages reads it whole
 * also when it has thousands, of dead rows. And for arrays PostgreSQL makes another plan at each call, which is the same.
 */
export async function steadyPlans(tx: Sql): Promise<void> {
  // Not SET LOCAL: as the first of several statements that go out together it would be warned of, each time.
  await tx.run(
    "select set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)",
  );
}
