/** After a test run: stops the PostgreSQL cluster, if one was started, and removes the run's folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export default function teardown() {
  const folder = process.env.LANEWORK_TEST_RUN;
  if (folder === undefined) return;
  const started = join(folder, 'postgres.json');
  if (existsSync(started)) {
    const { bin, data, owner } = JSON.parse(readFileSync(started, 'utf8'));
    execFileSync(join(bin, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate'], { ...owner, stdio: 'ignore', cwd: '/' });
  }
  rmSync(folder, { recursive: true, force: true });
}
