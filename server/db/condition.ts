/** What the doctor asks of a database: how it is set, what its clock says, how far the workers are behind. */
import type { Instant } from '../../engine/instance.ts';
import type { Sql } from './sql.ts';

/** Settings that decide whether work is safe here. */
export interface Settings {
  version: string;
  encoding: string;
  synchronousCommit: string;
  fsync: string;
  fullPageWrites: string;
  autovacuum: string;
  readOnly: string;
  isolation: string;
  /** A standby that replays another server. */
  recovering: boolean;
  maxConnections: number;
  /** May this user make tables? */
  mayCreate: boolean;
  /** Version of the extension, or null. */
  citus: string | null;
}

export async function readSettings(sql: Sql): Promise<Settings> {
  const [row] = await sql.query<Settings>(
    `select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
       current_setting('synchronous_commit') as "synchronousCommit", current_setting('fsync') as fsync,
       current_setting('full_page_writes') as "fullPageWrites", current_setting('autovacuum') as autovacuum,
       current_setting('default_transaction_read_only') as "readOnly",
       current_setting('default_transaction_isolation') as isolation, pg_is_in_recovery() as recovering,
       current_setting('max_connections')::int as "maxConnections",
       has_schema_privilege(current_schema(), 'create') as "mayCreate",
       (select extversion from pg_extension where extname = 'citus') as citus`,
  );
  if (row === undefined) throw new Error('Expected the settings of the database, but it gave none.');
  return row;
}

/** What the clock of the database says, ms since the epoch. */
export async function readDatabaseClock(sql: Sql): Promise<Instant> {
  const [row] = await sql.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  return row?.now ?? NaN;
}

/** Work that waits: how much (counted up to a limit) and since when. */
export interface Waiting {
  count: number;
  /** null when nothing waits. */
  oldest: Instant | null;
}

interface StoredWaiting {
  count: number;
  oldest: string | null;
}

function waitingOf(row: StoredWaiting | undefined): Waiting {
  const oldest = row?.oldest ?? null;
  return { count: row?.count ?? 0, oldest: oldest === null ? null : Number(oldest) };
}

/** Timers that should have fired; why the bound is a subselect stands in timers.ts. Index timers_by_due. */
export async function readOverdueTimers(sql: Sql, now: Instant, limit: number): Promise<Waiting> {
  const [row] = await sql.query<StoredWaiting>(
    `select count(*)::int as count, min(due_at) as oldest from (
       select due_at from timers where due_at <= (select $1::bigint) order by due_at limit $2) due`,
    [now, limit],
  );
  return waitingOf(row);
}

/** The types of which there are jobs, in their order, each found by one probe of index jobs_by_due. */
async function readTypes(sql: Sql): Promise<string[]> {
  const found: string[] = [];
  for (let last: string | undefined = ''; last !== undefined;) {
    const rows: { type: string }[] = await sql.query(
      'select type from jobs where type > $1 and due_at is not null order by type limit 1',
      [last],
    );
    last = rows[0]?.type;
    if (last !== undefined) found.push(last);
  }
  return found;
}

/** Jobs that are due and that nobody has, per type, each in a branch of its own. Index jobs_by_due. */
export async function readOverdueJobs(sql: Sql, now: Instant, limit: number): Promise<Map<string, Waiting>> {
  const types = await readTypes(sql);
  if (types.length === 0) return new Map();
  const branches = types.map((_, index) => {
    const type = `$${3 + index}::text`;
    return `(select ${type} as type, count(*)::int as count, min(due_at) as oldest from (
       select due_at from jobs where type = ${type} and due_at <= $1 and (lease_until is null or lease_until <= $1)
       order by due_at limit $2) due)`;
  });
  const rows = await sql.query<StoredWaiting & { type: string }>(
    `select type, count, oldest from (${branches.join(' union all ')}) waiting where count > 0 order by type`,
    [now, limit, ...types],
  );
  return new Map(rows.map((row) => [row.type, waitingOf(row)]));
}

/** What instances do to others and that is not carried out: messages and signals, on Citus subscriptions too. Index outbox_by_time. */
export async function readUndelivered(sql: Sql, limit: number): Promise<Waiting> {
  const [row] = await sql.query<StoredWaiting>(
    `select count(*)::int as count, min(at) as oldest from (select at from outbox order by at limit $1) waiting`,
    [limit],
  );
  return waitingOf(row);
}

/** Open incidents. Index incidents_by_time. */
export async function readOpenIncidents(sql: Sql, limit: number): Promise<Waiting> {
  const [row] = await sql.query<StoredWaiting>(
    `select count(*)::int as count, min(raised_at) as oldest from (
       select raised_at from incidents order by raised_at limit $1) open`,
    [limit],
  );
  return waitingOf(row);
}
