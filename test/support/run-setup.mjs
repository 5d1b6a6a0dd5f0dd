/**
 * Before a test run: names the folder in which the run's databases live. What needs one starts it there on first use
 * (test/support/postgres.ts, test/support/database.ts), so that tests without a database pay nothing.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup() {
  process.env.LANEWORK_TEST_RUN = mkdtempSync(join(tmpdir(), 'lanework-test-'));
  process.env.LANEWORK_TEST_RUN_PID = String(process.pid);
}
