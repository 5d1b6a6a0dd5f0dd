import type { Config } from '../../config.ts';
import { readDatabaseClock, readSettings } from '../../db/condition.ts';
import type { Settings } from '../../db/condition.ts';
import type { Database } from '../../db/database.ts';
import { compareMigrations } from '../../db/migrate.ts';
import { spanText } from '../print.ts';
import { error, ok, warning } from './finding.ts';
import type { Finding } from './finding.ts';

/** How far the clocks may be apart, ms: due dates and leases go by the clock of the server process. */
const APART = 1000;
const FAR_APART = 10_000;

export async function checkSettings(db: Database, { databasePool }: Config): Promise<Finding[]> {
  const settings = await readSettings(db);
  const findings = [ok('version', settings.version), ...checkEncoding(settings)];
  // The embedded database has no say in these.
  if (db.kind === 'pglite') return findings;
  findings.push(...checkDurability(settings), ...checkUse(settings));
  const needed = databasePool + 5;
  if (needed > settings.maxConnections) {
    const found = `max_connections is ${settings.maxConnections}, one server process may take ${databasePool}`;
    findings.push(warning('connections', found, 'Raise max_connections, or lower DATABASE_POOL.'));
  }
  if (settings.citus !== null) findings.push(ok('citus', settings.citus));
  return findings;
}

function checkEncoding({ encoding }: Settings): Finding[] {
  if (encoding === 'UTF8') return [ok('encoding', encoding)];
  const advice = "Make a database with ENCODING 'UTF8' TEMPLATE template0 and move the data there by dump and restore.";
  return [error('encoding', encoding, advice)];
}

function checkDurability({ synchronousCommit, fsync, fullPageWrites }: Settings): Finding[] {
  const wrong: Finding[] = [];
  if (!['on', 'remote_apply', 'remote_write', 'local'].includes(synchronousCommit)) {
    const advice = "Set it to on (alter system set synchronous_commit = 'on'; or for the database or the user).";
    wrong.push(error('synchronous_commit', `${synchronousCommit}: what was acknowledged can be lost`, advice));
  }
  if (fsync === 'off') {
    wrong.push(error('fsync', 'off: a loss of power can destroy the database', 'Set fsync = on in postgresql.conf.'));
  }
  if (fullPageWrites === 'off') {
    const advice = 'Set full_page_writes = on, unless the file system writes pages whole.';
    wrong.push(warning('full_page_writes', 'off: a loss of power can tear pages', advice));
  }
  return wrong.length > 0 ? wrong : [ok('durability', 'synchronous_commit and fsync are on')];
}

function checkUse({ autovacuum, readOnly, isolation, recovering, mayCreate }: Settings): Finding[] {
  const wrong: Finding[] = [];
  if (recovering || readOnly === 'on') {
    const advice = 'Point DATABASE_URL at the primary server.';
    wrong.push(
      error('writing', recovering ? 'this is a standby server' : 'default_transaction_read_only is on', advice),
    );
  }
  if (autovacuum === 'off') {
    wrong.push(error('autovacuum', 'off: tables grow and slow down without end', 'Set autovacuum = on.'));
  }
  if (isolation !== 'read committed') {
    const advice = 'Set default_transaction_isolation to read committed: others make commands conflict for nothing.';
    wrong.push(warning('isolation', isolation, advice));
  }
  if (!mayCreate) {
    const advice = 'Run lanework migrate as a user who may, and let that user own the partitions of the archive.';
    wrong.push(warning('privileges', 'this user may make no tables', advice));
  }
  return wrong;
}

export async function checkMigrations(db: Database): Promise<Finding[]> {
  const { missing, changed, unknown } = await compareMigrations(db);
  const findings: Finding[] = [];
  if (missing.length > 0) findings.push(error('migrations', `missing: ${missing.join(', ')}`, 'Run lanework migrate.'));
  if (changed.length > 0) {
    const advice = 'Put back the files of the version that ran them, and write what changed as new migrations.';
    findings.push(error('migrations', `changed since they ran: ${changed.join(', ')}`, advice));
  }
  if (unknown.length > 0) {
    const advice = 'A newer version of Lanework made this schema: update this one soon.';
    findings.push(warning('migrations', `not known to this version: ${unknown.join(', ')}`, advice));
  }
  return findings.length > 0 ? findings : [ok('migrations', 'all have run')];
}

/** The fastest of three answers: what the way there takes is no difference of clocks. */
export async function checkClock(db: Database): Promise<Finding> {
  let [apart, way] = [0, Infinity];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const before = Date.now();
    const there = await readDatabaseClock(db);
    const after = Date.now();
    if (after - before < way) [apart, way] = [there - (before + after) / 2, after - before];
  }
  const size = Math.max(0, Math.abs(apart) - way / 2);
  if (size < APART) return ok('clock', 'this machine and the database agree');
  const found = `the database is ${spanText(Math.round(size))} ${apart > 0 ? 'ahead of' : 'behind'} this machine`;
  const advice = 'Keep both machines on time (NTP): timers and leases go by the clocks of the servers.';
  return size < FAR_APART ? warning('clock', found, advice) : error('clock', found, advice);
}
