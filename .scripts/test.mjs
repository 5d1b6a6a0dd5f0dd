/**
 * `npm test [-- jest arguments]`: makes ready, then runs the tests. `--databases pglite|postgres`: database tests on that
 * kind alone; `--pool N`: PostgreSQL with so many connections per database (1 finds what waits for itself); `--by-bucket`:
 * databases are used as on Citus, and refuse a transaction that changes rows of two buckets.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureReady, root, runAndExit } from './setup.mjs';

const words = process.argv.slice(2);
const databases = take('--databases');
if (databases !== undefined && databases !== 'pglite' && databases !== 'postgres') {
  console.error(`Expected --databases pglite or postgres, but found "${databases}".`);
  process.exit(2);
}
const pool = take('--pool');
if (pool !== undefined && !/^[1-9]\d*$/.test(pool)) {
  console.error(`Expected --pool with a number of connections, but found "${pool}".`);
  process.exit(2);
}
const byBucket = words.includes('--by-bucket');
if (byBucket) words.splice(words.indexOf('--by-bucket'), 1);
// jest refuses a path that matches nothing only when no other does.
const nowhere = words.find((word) => word.startsWith('test/') && !existsSync(join(root, word)));
if (nowhere !== undefined) {
  console.error(`Expected a file or folder of tests, but found no "${nowhere}". Correct the path.`);
  process.exit(2);
}
await ensureReady({ development: true });
const env = {
  ...process.env,
  ...(databases === undefined ? {} : { TEST_DATABASES: databases }),
  ...(pool === undefined ? {} : { TEST_POOL: pool }),
  ...(byBucket ? { TEST_BY_BUCKET: 'yes' } : {}),
};
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
await runAndExit(process.execPath, [...jest, ...words], { env });

/** Takes an option of ours and its value out of the words. */
function take(name) {
  const at = words.indexOf(name);
  return at === -1 ? undefined : (words.splice(at, 2)[1] ?? '');
}
