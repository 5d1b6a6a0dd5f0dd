/** A PostgreSQL of its own for a bench: durable as in production, on a socket in a temporary folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase, type Database } from '../server/db/database.ts';
import { migrate } from '../server/db/migrate.ts';
import { createCluster, postgresPrograms, stopCluster, urlOf } from '../test/support/cluster.ts';

/** A running cluster with one migrated database, open. */
export interface BenchCluster {
  db: Database;
  /** Of that database. */
  url: string;
  /** Process id of the postmaster: all other server processes are its children. */
  postmaster: number;
  /** Makes another database, empty, and gives its URL. */
  create(name: string): Promise<string>;
}

/** What production has and tests leave out: every commit is on disk before it is answered. */
const SETTINGS = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'shared_buffers=512MB',
  'max_wal_size=4GB',
  'max_connections=200',
];

/** Runs a bench on a cluster of its own, which is gone afterwards. @throws Error where no server programs are installed */
export async function onCluster<T>(work: (cluster: BenchCluster) => Promise<T>): Promise<T> {
  const bin = postgresPrograms();
  if (bin === null) throw new Error('Expected the server programs of PostgreSQL, but found none. Install PostgreSQL.');
  const folder = mkdtempSync(join(tmpdir(), 'lanework-bench-'));
  try {
    const cluster = await createCluster(bin, join(folder, 'postgres'), SETTINGS, process.pid);
    try {
      const create = async (name: string): Promise<string> => {
        const client = new pg.Client({ connectionString: urlOf(cluster, 'postgres') });
        await client.connect();
        await client.query(`create database ${client.escapeIdentifier(name)}`);
        await client.end();
        return urlOf(cluster, name);
      };
      const [pid] = readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8').split('\n');
      return await onDatabase(await create('lanework'), (db, url) =>
        work({ db, url, postmaster: Number(pid), create }),
      );
    } finally {
      await stopCluster(cluster, 'fast');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onDatabase<T>(url: string, work: (db: Database, url: string) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url });
  try {
    await migrate(db);
    return await work(db, url);
  } finally {
    await db.close();
  }
}
