import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../server/db/database.ts';
import type { Database, DatabaseOptions } from '../../server/db/database.ts';
import { errorCode } from '../../server/db/error-code.ts';
import { MIGRATIONS, migrate } from '../../server/db/migrate.ts';
import { isByBucket, isChosen, poolSize } from './chosen.ts';
import { strictlyByBucket } from './one-bucket.ts';
import { administer, databaseUrl, oncePerRun, postgresPrograms } from './postgres.ts';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'lanework');

/**
 * Opens a fresh, migrated database; it is closed after the block. `pool`: connections (PostgreSQL); `byBucket: false`: as it
 * is, also when tests run by bucket.
 */
export type Open = (options?: { pool?: number; byBucket?: boolean }) => Promise<Database>;

/** A test of batches that hold instances of many buckets: by bucket there are none. */
export const itTogether = isByBucket() ? it.skip : it;

/**
 * Runs the block once on each kind of database: embedded in memory, and PostgreSQL where its server programs are
 * installed; on one of them when `--databases` says so. A connection that is still in use at the end of the block fails it.
 */
export function describeEachDatabase(title: string, block: (open: Open, kind: Database['kind']) => void): void {
  if (isChosen('pglite')) describe(`${title} [pglite]`, () => block(tracked(openEmbedded), 'pglite'));
  const bin = postgresPrograms();
  if (bin !== null)
    describe(`${title} [postgres]`, () =>
      block(
        tracked((options) => openClone(bin, options)),
        'postgres',
      ));
}

/**
 * Runs the block on one kind of database: PostgreSQL where its server programs are installed, else the embedded one;
 * `--databases pglite` chooses that. For tests of what stands above the statements, which are tried on both.
 */
export function describeDatabase(title: string, block: (open: Open) => void): void {
  const bin = postgresPrograms();
  const open: Open = bin === null ? openEmbedded : (options) => openClone(bin, options);
  describe(title, () => block(tracked(open)));
}

function tracked(open: Open): Open {
  const opened: Database[] = [];
  afterAll(async () => {
    for (const database of opened.splice(0)) {
      // knex types its client as any.
      const { pool } = database.knex.client as { pool: { numUsed(): number } | undefined };
      const used = pool?.numUsed() ?? 0;
      await database.close();
      expect(`${used} connections in use at the end`).toBe('0 connections in use at the end');
    }
  });
  return async (options) => {
    const database = await open(options);
    opened.push(database);
    return options?.byBucket === false ? database : chosenWay(database);
  };
}

/** A fresh, migrated database in memory (a clone on PostgreSQL when tests run on that alone). The caller closes it. */
export async function openMemory(): Promise<Database> {
  return chosenWay(await openEmbedded());
}

/** The database as the tests are to use it. */
export async function chosenWay(database: Database): Promise<Database> {
  return isByBucket() ? strictlyByBucket(database) : database;
}

async function openEmbedded(): Promise<Database> {
  const bin = isChosen('pglite') ? null : postgresPrograms();
  if (bin !== null) return openClone(bin);
  return openDatabase({ memory: true, image: await oncePerRun('pglite', makeImage) });
}

/** Making the files of a database takes seconds, so the image stays until a migration changes. */
async function makeImage(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  const path = join(cache, `${hash.digest('hex').slice(0, 32)}.image`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  forgetOldImages();
  const database = await openDatabase({ memory: true });
  await migrate(database);
  const draft = `${path}.${process.pid}.draft`;
  await database.dump?.(draft);
  await database.close();
  renameSync(draft, path);
  return path;
}

/** Other work trees of this repository, with other migrations, may use the same folder: theirs stay for a day. */
function forgetOldImages(): void {
  for (const file of readdirSync(cache)) {
    const path = join(cache, file);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 24 * 3600_000) rmSync(path, { recursive: true, force: true });
  }
}

let clones = 0;

/** The options of a fresh, migrated PostgreSQL database, cloned from a template. */
export async function cloneOptions(bin: string, pool = 4): Promise<DatabaseOptions & { url: string }> {
  const template = await oncePerRun('template', async () => {
    await administer(bin, 'create database template_lanework');
    const database = await openDatabase({ url: await databaseUrl(bin, 'template_lanework'), pool: 1 });
    await migrate(database);
    await database.close();
    return 'template_lanework';
  });
  clones += 1;
  const name = `test_${process.pid}_${process.env['JEST_WORKER_ID'] ?? '0'}_${performance.now().toFixed(0)}_${clones}`;
  await oneAtATime(bin, `create database "${name}" template ${template}`);
  return { url: await databaseUrl(bin, name), pool: poolSize(pool) };
}

async function openClone(bin: string, options?: { pool?: number }): Promise<Database> {
  return openDatabase(await cloneOptions(bin, options?.pool));
}

/** Two copies of one template at the same moment refuse each other (55006). */
async function oneAtATime(bin: string, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await administer(bin, statement);
    } catch (error) {
      if (errorCode(error) !== '55006' || attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 + 10 * (process.pid % 7)));
    }
  }
}
