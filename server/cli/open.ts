/** The database and the services that a subcommand works with: those that the configuration names. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import { systemClock } from '../clock.ts';
import { compose } from '../compose.ts';
import { databaseOptions, loadConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import type { Database } from '../db/database.ts';
import { compareMigrations } from '../db/migrate.ts';
import type { Services } from '../services.ts';
import type { Io } from './command.ts';

/** Whether there is something to open: an embedded database is made by `start` and `migrate` only. */
export function hasDatabase(config: Config): boolean {
  return config.databaseUrl !== undefined || existsSync(join(config.dataDir, 'pglite'));
}

/** Opens the database and closes it after the work. @throws Error when a server has the embedded one open */
export async function withDatabase<T>({ env }: Io, work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig(env);
  const db = await openDatabase({ ...databaseOptions(config), pool: Math.min(config.databasePool, 4), timeout: 0 });
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

/**
 * Opens a database that is ready, with the services of a server; its workers do not run.
 * @throws Error when there is no database yet, or migrations are missing
 */
export async function withServices<T>(io: Io, work: (services: Services) => Promise<T>): Promise<T> {
  const known = loadConfig(io.env);
  if (!hasDatabase(known)) {
    throw new Error(
      `Expected an embedded database in ${resolve(known.dataDir)}, but there is none. ` +
        'Run lanework start, choose another DATA_DIR, or set DATABASE_URL.',
    );
  }
  return withDatabase(io, async (db, config) => {
    const { missing, changed } = await compareMigrations(db);
    if (missing.length + changed.length > 0) {
      throw new Error(
        `Expected all migrations to have run as they are, but ${[...missing, ...changed].join(', ')} ` +
          `${missing.length > 0 ? 'did not. Run lanework migrate.' : 'were changed since. Run lanework doctor.'}`,
      );
    }
    const log = pino({ level: config.logLevel === 'info' ? 'warn' : config.logLevel }, io.err);
    const services = compose({ config, db, clock: systemClock(), log });
    try {
      return await work(services);
    } finally {
      await services.runtime.stop();
    }
  });
}

/** Who acts, as histories name them: whoever is signed in on this machine. */
export function operator(): string {
  return `cli:${userInfo().username}`;
}
