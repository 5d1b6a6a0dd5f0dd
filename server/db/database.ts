import knex from 'knex';
import type { Knex } from 'knex';
import { openPglite } from './pglite.ts';
import type { Pglite } from './pglite.ts';
import { PgliteStream } from './pglite-stream.ts';
import { sqlOn } from './sql.ts';
import type { PgClient, Sql } from './sql.ts';

const OLDEST = 150000;

/** Every error reaches its caller; knex would print some of them as well. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** An open database. Outside a transaction `query` and `run` take any connection. */
export interface Database extends Sql {
  kind: 'postgres' | 'pglite';
  /** For composed queries. Inside `transaction` only the transaction's own handle may be used. */
  knex: Knex;
  /**
   * Runs the work in one transaction: commit when it returns, rollback when it throws.
   * @throws CommitError when COMMIT itself failed: what became of the transaction is not known
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  /** Writes an image of an embedded database to a file; `openDatabase({memory: true, image})` begins with it. */
  dump?(path: string): Promise<void>;
  close(): Promise<void>;
}

/** COMMIT failed, with the outcome unknown; `cause` is the driver's error. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
}

/** Where the database is, and how this process uses it. */
export interface DatabaseOptions {
  /** postgres://... of PostgreSQL 15 or newer. */
  url?: string;
  /** Without `url`: the folder of the embedded database. */
  dataDir?: string;
  /** Without `url`: keep it in memory, for tests. */
  memory?: boolean;
  /** In memory only: begin with this image. */
  image?: string;
  /** Connections (PostgreSQL; the embedded database has one). */
  pool?: number;
  /** false: no named prepared statements (needed behind some connection poolers). */
  prepared?: boolean;
}

/** @throws Error when the server is too old or not there, or when the data folder is in use */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.url !== undefined) return openPostgres(options.url, options);
  if (options.memory === true) {
    const image = options.image === undefined ? {} : { image: options.image };
    return overPglite(await openPglite({ memory: true, ...image }));
  }
  if (options.dataDir === undefined) throw new Error('Expected a url, a dataDir or memory: true, but found none.');
  return overPglite(await openPglite({ dataDir: options.dataDir }));
}

async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const queries = knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'lanework', keepAlive: true },
    log: silent,
    pool: { min: 0, max: options.pool ?? 10 },
    acquireConnectionTimeout: 30000,
  });
  const database = over('postgres', queries, options.prepared ?? true, () => queries.destroy());
  try {
    await refuseOld(database);
  } catch (error) {
    await queries.destroy();
    throw error;
  }
  return database;
}

async function refuseOld(database: Database): Promise<void> {
  const [row] = await database.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  if (row === undefined || row.number < OLDEST) {
    throw new Error(`Expected PostgreSQL 15 or newer, but found ${row?.version ?? 'nothing'} at DATABASE_URL.`);
  }
}

function overPglite(pglite: Pglite): Database {
  const queries = knex({
    client: 'pg',
    // A function, because knex makes a deep copy of a plain object.
    connection: () => ({ stream: () => new PgliteStream(pglite.exchange), user: 'postgres', database: 'postgres' }),
    log: silent,
    pool: { min: 0, max: 1 },
    acquireConnectionTimeout: 30000,
  });
  const database = over('pglite', queries, true, async () => {
    await queries.destroy();
    await pglite.close();
  });
  return { ...database, dump: (path) => pglite.dump(path) };
}

/** What knex adds to a `pg` client: set when the pool has to throw the connection away. */
interface PooledClient extends PgClient {
  __knex__disposed?: unknown;
}

function over(kind: Database['kind'], queries: Knex, prepared: boolean, close: () => Promise<void>): Database {
  // knex types its client as any.
  const pool = queries.client as {
    acquireConnection(): Promise<PooledClient>;
    releaseConnection(client: PooledClient): Promise<void>;
  };
  const withClient = async <T>(work: (client: PooledClient) => Promise<T>): Promise<T> => {
    const client = await pool.acquireConnection();
    try {
      return await work(client);
    } finally {
      await pool.releaseConnection(client);
    }
  };
  return {
    kind,
    knex: queries,
    query: (text, parameters) => withClient((client) => sqlOn(client, prepared).query(text, parameters)),
    run: (text, parameters) => withClient((client) => sqlOn(client, prepared).run(text, parameters)),
    transaction: (work) => withClient((client) => inTransaction(client, prepared, work)),
    close,
  };
}

async function inTransaction<T>(client: PooledClient, prepared: boolean, work: (tx: Sql) => Promise<T>): Promise<T> {
  await client.query({ text: 'begin' });
  let result: T;
  try {
    result = await work(sqlOn(client, prepared));
  } catch (error) {
    await rollback(client);
    throw error;
  }
  const answer = await client.query({ text: 'commit' }).catch((cause: unknown) => {
    client.__knex__disposed = cause;
    throw new CommitError('COMMIT failed; what became of the transaction is not known', { cause });
  });
  // The server rolls back without an error when a statement failed and the work went on nevertheless.
  if (answer.command !== 'COMMIT') throw new Error('Expected a transaction without failed statements, but one failed.');
  return result;
}

/** When even this fails the connection is useless: the pool throws it away, and the server undoes the transaction. */
async function rollback(client: PooledClient): Promise<void> {
  try {
    await client.query({ text: 'rollback' });
  } catch (error) {
    client.__knex__disposed = error;
  }
}
