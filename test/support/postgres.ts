/** One PostgreSQL cluster per test run, where its server programs are installed; one database per test file. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorCode } from '../../server/db/error-code.ts';
import { createCluster, urlOf } from './cluster.ts';
import type { Cluster } from './cluster.ts';

export { postgresPrograms } from './cluster.ts';

/** The folder of this run, made by run-setup.mjs. */
function runFolder(): string {
  const folder = process.env['LANEWORK_TEST_RUN'];
  if (folder === undefined) throw new Error('Expected LANEWORK_TEST_RUN: start the tests with the jest configuration.');
  return folder;
}

/** The URL of a database of the run's cluster, which the first caller starts. */
export async function databaseUrl(bin: string, database: string): Promise<string> {
  return urlOf(await cluster(bin), database);
}

/** Runs a statement outside of any test's database. */
export async function administer(bin: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: await databaseUrl(bin, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Does something once per run, whichever test process comes first; the others wait for it.
 * @param make gives the text that the others read
 */
export async function oncePerRun(name: string, make: () => Promise<string>): Promise<string> {
  const folder = runFolder();
  const result = join(folder, `${name}.json`);
  const failed = join(folder, `${name}.failed`);
  if (claim(join(folder, `${name}.claimed`))) {
    try {
      const text = await make();
      writeFileSync(`${result}.draft`, text);
      renameSync(`${result}.draft`, result);
    } catch (error) {
      writeFileSync(failed, String(error));
      throw error;
    }
  }
  for (let waited = 0; !existsSync(result); waited += 20) {
    if (existsSync(failed)) throw new Error(`${name} failed in another test file: ${readFileSync(failed, 'utf8')}`);
    if (waited > 60_000) throw new Error(`Expected another test file to make ${name} within a minute.`);
    await sleep(20);
  }
  return readFileSync(result, 'utf8');
}

function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function cluster(bin: string): Promise<Cluster> {
  const make = async () => {
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=64MB'];
    const master = Number(process.env['LANEWORK_TEST_RUN_PID'] ?? process.pid);
    return JSON.stringify(await createCluster(bin, join(runFolder(), 'postgres'), settings, master));
  };
  // What JSON.parse gives was written by `make`.
  return JSON.parse(await oncePerRun('postgres', make)) as Cluster;
}
