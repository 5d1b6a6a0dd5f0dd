/** A PostgreSQL of its own for a bench: durable as in production, on a socket in a temporary folder. */
import { execFileSync } from 'node:child_process';
import type { ExecFileSyncOptions } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase, type Database } from '../server/db/database.ts';
import { migrate } from '../server/db/migrate.ts';
import { postgresPrograms, unprivileged } from '../test/support/postgres.ts';

/** A running cluster; whoever starts it stops it. */
export interface Cluster {
  /** Process id of the postmaster: all other server processes are its children. */
  postmaster: number;
  /** Makes a new, empty database and gives its URL. */
  create(name: string): Promise<string>;
  /** Stops it and removes its files. */
  stop(): void;
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

/** Starts a cluster. @throws Error where no server programs are installed */
export function startCluster(): Cluster {
  const bin = postgresPrograms();
  if (bin === null) throw new Error('Expected the server programs of PostgreSQL, but found none. Install PostgreSQL.');
  const owner = unprivileged();
  const home = mkdtempSync(join(tmpdir(), 'lanework-bench-'));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(home, owner.uid, owner.gid);
  const data = join(home, 'data');
  const options: ExecFileSyncOptions = { ...owner, cwd: '/', stdio: 'ignore' };
  const control = (...args: string[]) => void execFileSync(join(bin, 'pg_ctl'), args, options);
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], options);
  const settings = [...SETTINGS, "listen_addresses=''", `unix_socket_directories='${home}'`];
  const flags = settings.map((setting) => `-c ${setting}`).join(' ');
  control('start', '-w', '-D', data, '-l', join(home, 'log'), '-o', flags);
  const urlOf = (name: string) => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(home)}`;
  return {
    postmaster: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    async create(name) {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`create database ${client.escapeIdentifier(name)}`);
      await client.end();
      return urlOf(name);
    },
    stop() {
      control('stop', '-w', '-D', data, '-m', 'fast');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs a bench on a cluster of its own, with one migrated database; both are gone afterwards. */
export async function onCluster<T>(work: (db: Database, cluster: Cluster, url: string) => Promise<T>): Promise<T> {
  const cluster = startCluster();
  try {
    const url = await cluster.create('lanework');
    const db = await openDatabase({ url });
    try {
      await migrate(db);
      return await work(db, cluster, url);
    } finally {
      await db.close();
    }
  } finally {
    cluster.stop();
  }
}
