import knex from 'knex';
import type { Knex } from 'knex';
import { AtOnce } from './at-once.ts';
import type { AtOnceClient } from './at-once.ts';
import { CommitError } from './commit-error.ts';
import { byBucket } from './one-bucket.ts';
import { openPglite } from './pglite.ts';
import type { Pglite } from './pglite.ts';
import { PgliteStream } from './pglite-stream.ts';
import { pgStatement, sqlOn } from './sql.ts';
import type { PgStatement, Sql } from './sql.ts';
import { Unreachable, isUnreachable } from './unreachable.ts';
import { spoilsConnection, sqlstate } from './sqlstate.ts';

const OLDEST = 150000;
/** How long a statement may take unless said otherwise, ms. */
const STATEMENT = 30_000;
/** How long to wait for the server to take a connection, and for a free one of the pool, ms. */
const CONNECT = 5000;
const ACQUIRE = 10_000;

/** `pipeline`: statements that nobody waits for in between go out one after the other. knex does not know that option. */
const common: object = { application_name: 'lanework', keepAlive: true, pipeline: true };

/** Every error reaches its caller; knex would print some of them as well. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** An open database. Outside a transaction `query` and `run` take any connection. */
export interface Database extends Sql {
  kind: 'postgres' | 'pglite';
  /** Its tables lie on several nodes: a transaction keeps to one bucket as far as it can. */
  citus: boolean;
  /** For composed queries. Inside `transaction` only the transaction's own handle may be used. */
  knex: Knex;
  /**
   * Runs the work in one transaction: commit when it returns, rollback when it throws.
   * @throws CommitError when COMMIT itself failed: what became of the transaction is not known
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  /**
   * A transaction in one round trip, for work that gives all of its statements before it waits, and asks for no rows.
   * Its answers come after the commit: a statement that has to keep something from happening must fail. The server is at
   * the statements of one stage while the next stage makes its own. Only the last stage may take locks: should this process
   * stand still between two stages, nothing would end the transaction.
   * @throws CommitError when the connection broke: what became of the transaction is not known
   */
  atOnce(...stages: Stage[]): Promise<void>;
  /** Writes an image of an embedded database to a file; `openDatabase({memory: true, image})` begins with it. */
  dump?(path: string): Promise<void>;
  close(): Promise<void>;
}

/** A part of the work of a transaction. It waits for nothing before it gives its statements. */
export type Stage = (tx: Sql) => Promise<unknown>;

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
  /** How long a statement may take, ms (PostgreSQL; default 30 s); 0 = no limit, of locks and transactions neither. */
  timeout?: number;
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
    connection: {
      ...common,
      connectionString: url,
      connectionTimeoutMillis: CONNECT,
      ...limits(options.timeout ?? STATEMENT),
    },
    log: silent,
    // Else the values of a statement, which may be anybody's, stand in the message of its error.
    compileSqlOnError: false,
    pool: { min: 0, max: options.pool ?? 10 },
    acquireConnectionTimeout: ACQUIRE,
  });
  const database = over('postgres', queries, options.prepared ?? true, () => queries.destroy());
  try {
    await refuseOld(database);
    return (await hasCitus(database)) ? byBucket(database) : database;
  } catch (error) {
    await queries.destroy();
    throw isUnreachable(error) ? new Unreachable(error) : error;
  }
}

/**
 * As options of the connection, which the server keeps to by itself. A lock is waited for a third as long, and as long may
 * a transaction hold up others in which nothing happens (its process stands still). When the server does not answer at
 * all, we stop waiting a little later.
 */
function limits(statement: number) {
  if (statement === 0) return {};
  return {
    statement_timeout: statement,
    lock_timeout: Math.ceil(statement / 3),
    idle_in_transaction_session_timeout: Math.ceil(statement / 3),
    query_timeout: statement + 2000,
  };
}

async function refuseOld(database: Database): Promise<void> {
  const [row] = await database.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  );
  if (row === undefined || row.number < OLDEST) {
    throw new Error(`Expected PostgreSQL 15 or newer, but found ${row?.version ?? 'nothing'} at DATABASE_URL.`);
  }
}

async function hasCitus(database: Database): Promise<boolean> {
  return (await database.query("select 1 from pg_extension where extname = 'citus'")).length > 0;
}

function overPglite(pglite: Pglite): Database {
  const queries = knex({
    client: 'pg',
    // A function, because knex makes a deep copy of a plain object.
    connection: () => ({
      ...common,
      stream: () => new PgliteStream(pglite.exchange),
      user: 'postgres',
      database: 'postgres',
    }),
    log: silent,
    // Else the values of a statement, which may be anybody's, stand in the message of its error.
    compileSqlOnError: false,
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
interface PooledClient extends AtOnceClient {
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
    } catch (error) {
      if (spoilsConnection(error)) client.__knex__disposed = error;
      throw error;
    } finally {
      await pool.releaseConnection(client);
    }
  };
  return {
    kind,
    citus: false,
    knex: queries,
    query: (text, parameters) => withClient((client) => sqlOn(client, prepared).query(text, parameters)),
    run: (text, parameters) => withClient((client) => sqlOn(client, prepared).run(text, parameters)),
    transaction: (work) => withClient((client) => inTransaction(client, prepared, work)),
    atOnce: (...stages) => withClient((client) => allAtOnce(client, prepared, stages)),
    close,
  };
}

/**
 * Statements are sent as soon as the work gives them: work that does not wait for one answer before it gives the next
 * statement costs one round trip for all of them. It has to wait for all that it gave before it ends.
 */
async function inTransaction<T>(client: PooledClient, prepared: boolean, work: (tx: Sql) => Promise<T>): Promise<T> {
  // Waited for: were it refused, what is sent behind it would be done one by one, each on its own.
  await client.query({ text: 'begin' });
  sendTogether(client);
  const tx = untilClosed(sqlOn(client, prepared));
  let result: T;
  try {
    result = await work(tx);
  } catch (error) {
    tx.close();
    await rollback(client);
    // Of statements that were sent together, one behind the one that failed may be heard of first.
    throw sqlstate(error) === FAILED_BEFORE ? (tx.failure() ?? error) : error;
  }
  tx.close();
  const answer = await client.query({ text: 'commit' }).catch((cause: unknown) => {
    client.__knex__disposed = cause;
    throw new CommitError('COMMIT failed; what became of the transaction is not known', { cause });
  });
  // The server rolls back without an error when a statement failed and the work went on nevertheless.
  if (answer.command !== 'COMMIT') throw new Error('Expected a transaction without failed statements, but one failed.');
  return result;
}

async function allAtOnce(client: PooledClient, prepared: boolean, stages: readonly Stage[]): Promise<void> {
  const sending = new AtOnce(client);
  let wrong = false;
  const sent = sending.counts.catch((cause: unknown) => (wrong ? never() : Promise.reject(outcomeOf(cause))));
  const works: Promise<unknown>[] = [];
  let given: PgStatement[] = [];
  /** Statements that were sent. */
  let before = 0;
  let open = true;
  const tx: Sql = {
    run(text, parameters = []) {
      if (!open) return Promise.reject(new Error('Expected all statements at once, but one came later.'));
      const place = before + given.push(pgStatement(text, parameters, prepared)) - 1;
      return sent.then((all) => all[place] ?? 0);
    },
    query: refuseRows,
  };
  try {
    for (const stage of stages) {
      works.push(stage(tx));
      // When the work is wrong by itself, that is known before what it gave is sent.
      await Promise.race([works.at(-1), new Promise<void>((resolve) => process.nextTick(resolve))]);
      open = works.length < stages.length;
      if (before + given.length > 0) sending.send(given, !open);
      before += given.length;
      given = [];
    }
  } catch (error) {
    open = false;
    wrong = true;
    // The server has begun: a statement that fails makes it undo that.
    if (before > 0) {
      sending.send([FAILING], true);
      await sending.counts.catch(() => undefined);
    }
    throw error;
  }
  if (before === 0) {
    await Promise.all(works);
    return;
  }
  try {
    await Promise.all([sent, ...works]);
  } catch (error) {
    if (error instanceof CommitError) client.__knex__disposed = error.cause;
    throw error;
  }
}

function refuseRows(): Promise<never> {
  return Promise.reject(new Error('Expected no statement that gives rows among those that go out at once.'));
}

const FAILING: PgStatement = { text: 'select 1 / 0', values: [] };

/** For those that wait for statements which were taken back: what went wrong is known already. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The server's own word is that it undid the transaction; when it broke off, or lost a part of itself (XX000), nobody knows. */
function outcomeOf(error: unknown): Error {
  const state = sqlstate(error);
  if (state !== undefined && state !== 'XX000' && !spoilsConnection(error)) return error as Error;
  return new CommitError('the connection broke; what became of the transaction is not known', { cause: error });
}

/** What is given in one go goes out in one packet. */
function sendTogether({ connection: { stream } }: PooledClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** What PostgreSQL answers to every statement after the one that failed. */
const FAILED_BEFORE = '25P02';

/** A statement that comes after the end of its transaction would be done outside of it. */
function untilClosed(sql: Sql): Sql & { close(): void; failure(): unknown } {
  let closed = false;
  let failure: unknown;
  const whileOpen = async <T>(act: () => Promise<T>): Promise<T> => {
    if (closed) throw new Error('Expected an open transaction, but it has ended.');
    try {
      return await act();
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };
  return {
    query: (text, parameters) => whileOpen(() => sql.query(text, parameters)),
    run: (text, parameters) => whileOpen(() => sql.run(text, parameters)),
    close: () => void (closed = true),
    failure: () => failure,
  };
}

/** When even this fails the connection is useless: the pool throws it away, and the server undoes the transaction. */
async function rollback(client: PooledClient): Promise<void> {
  try {
    await client.query({ text: 'rollback' });
  } catch (error) {
    client.__knex__disposed = error;
  }
}
