import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { distribute } from './distribute.ts';
import { isDuplicate, sqlstate } from './sqlstate.ts';

/** The folder of the shipped migrations. */
export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');

interface Migration {
  name: string;
  sql: string;
  sha256: string;
}

/**
 * Runs the migrations that this database has not seen, in the order of their names, each once and in its own
 * transaction; several processes may do this at the same time. On Citus the tables are distributed then. Gives the names
 * of those that ran now.
 * @throws Error when a migration that ran before was changed since, or one of them fails
 */
export async function migrate(database: Database, folder = MIGRATIONS): Promise<string[]> {
  await createLedger(database);
  const ran: string[] = [];
  for (const migration of read(folder)) {
    if (await runOnce(database, migration)) ran.push(migration.name);
  }
  if (database.citus) await distribute(database);
  return ran;
}

/** How the migrations of a database differ from those that are shipped, by name. */
export interface MigrationDifference {
  /** Shipped, but not run here. */
  missing: string[];
  /** Run here with another content. */
  changed: string[];
  /** Run here, but not shipped: by a newer version. */
  unknown: string[];
}

/** Compares without changing anything. */
export async function compareMigrations(database: Database, folder = MIGRATIONS): Promise<MigrationDifference> {
  const [ledger] = await database.query<{ there: boolean }>("select to_regclass('migrations') is not null as there");
  const ran = ledger?.there
    ? await database.query<{ name: string; sha256: string }>('select name, sha256 from migrations order by name')
    : [];
  const seen = new Map(ran.map(({ name, sha256 }) => [name, sha256]));
  const shipped = read(folder);
  return {
    missing: shipped.filter(({ name }) => !seen.has(name)).map(({ name }) => name),
    changed: shipped.filter(({ name, sha256 }) => (seen.get(name) ?? sha256) !== sha256).map(({ name }) => name),
    unknown: ran.filter(({ name }) => shipped.every((it) => it.name !== name)).map(({ name }) => name),
  };
}

function read(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}_[a-z0-9_]+\.sql$/.test(name));
  return names.sort().map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

/** Two processes that make the table at the same moment collide in the catalogue; the loser looks again. */
async function createLedger(database: Database): Promise<void> {
  const statement = `create table if not exists migrations (
    name text primary key,
    sha256 text not null,
    ran_at timestamptz not null default now()
  )`;
  try {
    await database.run(statement);
  } catch (error) {
    if (!isDuplicate(error) && sqlstate(error) !== '42P07' && sqlstate(error) !== '42710') throw error;
    await database.run(statement);
  }
  await database
    .run(`comment on table migrations is 'Migrations that this database has seen'`)
    .catch((error: unknown) => {
      // XX000 "tuple concurrently updated": another process is writing the same comment.
      if (sqlstate(error) !== 'XX000') throw error;
    });
}

async function runOnce(database: Database, { name, sql, sha256 }: Migration): Promise<boolean> {
  return database.knex.transaction(async (tx) => {
    await tx.raw('lock table migrations in exclusive mode');
    const { rows } = await tx.raw<{ rows: { sha256: string }[] }>('select sha256 from migrations where name = ?', [
      name,
    ]);
    const seen = rows[0];
    if (seen !== undefined) {
      if (seen.sha256 === sha256) return false;
      throw new Error(
        `Expected migration ${name} to be as it was when it ran (sha256 ${seen.sha256}), but found ${sha256}. ` +
          'Put the file back and write the change as a new migration.',
      );
    }
    // Not a binding: a question mark in a migration stands for itself.
    await tx.raw(sql.replaceAll('?', '\\?'));
    await tx.raw('insert into migrations (name, sha256) values (?, ?)', [name, sha256]);
    return true;
  });
}
