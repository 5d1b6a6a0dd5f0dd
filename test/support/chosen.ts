/** What `node .scripts/test.mjs --databases ... --pool ...` asked for, in the environment of the test processes. */

/** Are the tests to run on this kind of database? */
export function isChosen(kind: 'pglite' | 'postgres'): boolean {
  const only = process.env['TEST_DATABASES'] ?? '';
  return only === '' || only === kind;
}

/** Are databases to be used as on Citus, each transaction in one bucket? */
export function isByBucket(): boolean {
  return (process.env['TEST_BY_BUCKET'] ?? '') !== '';
}

/** The number of connections for a database: what was asked for, else what the test wants. */
export function poolSize(wanted: number): number {
  return Number(process.env['TEST_POOL'] ?? '') || wanted;
}
