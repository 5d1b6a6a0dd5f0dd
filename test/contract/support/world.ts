/** Two server processes on the database under test, in a schema of their own that goes with them. */
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database } from '../../../server/db/database.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { movableClock } from '../../../server/clock.ts';
import type { MovableClock } from '../../../server/clock.ts';
import type { JobHandler } from '../../../server/process/job-handler.ts';
import { poolSize } from '../../support/chosen.ts';
import { openMemory } from '../../support/database.ts';
import { MONDAY } from '../../support/play.ts';
import { stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

/** A database that two servers share. On the embedded one they share the connection as well. */
export interface World {
  /** Of each server. */
  databases: readonly [Database, Database];
  /** Two servers with one clock, each with these job handlers. */
  servers(handlers?: (server: number) => readonly JobHandler[]): [Stage, Stage];
  close(): Promise<void>;
}

/** Opens what DATABASE_URL names, else an embedded database in memory. What is there already is never touched. */
export async function openWorld(): Promise<World> {
  const url = process.env['DATABASE_URL'] ?? '';
  const { databases, close } = url === '' ? await openEmbedded() : await openSchema(url);
  const clock: MovableClock = movableClock(MONDAY);
  return {
    databases,
    servers: (handlers = () => []) => [
      stage(databases[0], { clock, handlers: handlers(0) }),
      stage(databases[1], { clock, handlers: handlers(1) }),
    ],
    close,
  };
}

type Opened = Pick<World, 'databases' | 'close'>;

async function openEmbedded(): Promise<Opened> {
  const db = await openMemory();
  return { databases: [db, db], close: () => db.close() };
}

async function openSchema(url: string): Promise<Opened> {
  const schema = `lanework_contract_${randomBytes(8).toString('hex')}`;
  const outside = await openDatabase({ url, pool: 1 });
  await outside.run(`create schema ${schema}`);
  const own = new URL(url);
  own.searchParams.set('options', `${own.searchParams.get('options') ?? ''} -c search_path=${schema}`.trim());
  const open = () => openDatabase({ url: own.href, pool: poolSize(4) });
  const databases = [await open(), await open()] as const;
  const close = async (): Promise<void> => {
    for (const db of databases) await db.close();
    await outside.run(`drop schema ${schema} cascade`);
    await outside.close();
  };
  try {
    // Never into a schema of somebody else, for example behind a pooler that drops the option.
    const [row] = await databases[0].query<{ schema: string }>('select current_schema() as schema');
    if (row?.schema !== schema) {
      throw new Error(
        `Expected connections to keep to schema ${schema}, but they are in ${row?.schema}. Name the server itself.`,
      );
    }
    // Two servers that start at the same moment.
    await Promise.all(databases.map((db) => migrate(db)));
    return { databases, close };
  } catch (error) {
    await close();
    throw error;
  }
}
