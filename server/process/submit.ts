/**
 * The one way in which process state changes. Commands queue; while a commit is in flight the queue fills; then one
 * batch is taken, executed and stored in one transaction. Callers hear only after the commit.
 */
import type { Logger } from 'pino';
import type { Command, Outcome } from '../../engine/index.ts';
import { canonical } from '../../engine/index.ts';
import { CommitError } from '../db/database.ts';
import type { Database } from '../db/database.ts';
import { readHash } from '../db/journal.ts';
import type { Sql } from '../db/sql.ts';
import { isDuplicate, isTransient } from '../db/sqlstate.ts';
import { prepare } from './batch.ts';
import type { Batch, Entry } from './batch.ts';
import type { Change } from './change.ts';
import { applyGuards } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Releases } from './releases.ts';
import { retrying } from './retry.ts';
import { Conflict, storeEffects, storeSteps } from './store.ts';
import { effectsOf } from './effects.ts';

/** A batch takes at most so many commands, and so many bytes of commands unless the first alone is larger. */
const MAX_COMMANDS = 256;
const MAX_BYTES = 256 * 1024;

/** Too many commands are waiting; the caller should come back later (HTTP 503). Nothing was stored. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/** Writes what belongs to each change in the same transaction; called once per batch, so write set-based. */
export type Projection = (tx: Sql, changes: readonly Change[]) => Promise<void>;

export interface Submitter {
  /**
   * Does one command on one instance. It resolves after the commit.
   * @throws Rejection the engine refused it; AlreadyDone a guard did not hold; Overloaded the queue is full
   */
  submit(instance: string, command: Command, guards?: readonly Guard[]): Promise<Outcome>;
  registerProjection(projection: Projection): void;
  /** Refuses further commands and waits for those that are queued. */
  close(): Promise<void>;
}

export interface SubmitOptions {
  db: Database;
  releases: Pick<Releases, 'get'>;
  log: Logger;
  /** Hears of each batch after its commit. */
  committed: (changes: readonly Change[]) => void;
  /** Commands that may wait. */
  maxQueue: number;
}

export function createSubmitter(options: SubmitOptions): Submitter {
  const queue: Entry[] = [];
  const projections: Projection[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  const work = async (): Promise<void> => {
    while (queue.length > 0) await settleBatch(options, projections, takeBatch(queue));
    running = null;
  };
  return {
    submit(instance, command, guards = []) {
      if (closed) return Promise.reject(new Overloaded('Expected the server to be running, but it is being stopped.'));
      if (queue.length >= options.maxQueue) {
        return Promise.reject(
          new Overloaded(`Expected fewer than ${options.maxQueue} waiting commands, but found more. Try again later.`),
        );
      }
      return new Promise((resolve, reject) => {
        queue.push({ instance, command, text: canonical(command), guards, resolve, reject });
        running ??= work();
      });
    },
    registerProjection(projection) {
      projections.push(projection);
    },
    async close() {
      closed = true;
      await running;
    },
  };
}

function takeBatch(queue: Entry[]): Entry[] {
  let bytes = 0;
  let count = 0;
  for (const { text } of queue) {
    bytes += text.length;
    if (count === MAX_COMMANDS || (count > 0 && bytes > MAX_BYTES)) break;
    count += 1;
  }
  return queue.splice(0, count);
}

/** Does the batch, and tells every caller. When it cannot be done as a whole, its commands are done one by one. */
async function settleBatch(options: SubmitOptions, projections: Projection[], entries: Entry[]): Promise<void> {
  try {
    const batch = await retrying(() => attempt(options, projections, entries), isTransient);
    tell(options, batch);
  } catch (error) {
    if (entries.length > 1) {
      options.log.debug({ err: error, commands: entries.length }, 'batch is done one by one');
      for (const entry of entries) await settleBatch(options, projections, [entry]);
    } else await settleAlone(options, projections, entries, error);
  }
}

/** A command whose instance moved on meanwhile is executed again on the new state; the caller does not see that. */
async function settleAlone(
  options: SubmitOptions,
  projections: Projection[],
  entries: Entry[],
  first: unknown,
): Promise<void> {
  try {
    if (!isConflict(first)) throw first;
    const again = () => attempt(options, projections, entries);
    tell(options, await retrying(again, (error) => isConflict(error) || isTransient(error)));
  } catch (error) {
    for (const { reject } of entries) reject(error);
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Conflict || isDuplicate(error);
}

async function attempt(options: SubmitOptions, projections: Projection[], entries: Entry[]): Promise<Batch> {
  const batch = await prepare(options.db, options.releases, entries);
  if (batch.changes.length === 0) return batch;
  try {
    await options.db.transaction((tx) => write(tx, batch, projections));
  } catch (error) {
    if (!(error instanceof CommitError)) throw error;
    options.log.warn({ err: error }, 'the outcome of a commit is not known: looking for it');
    if (!(await retrying(() => wasStored(options.db, batch), isTransient))) throw error.cause;
  }
  return batch;
}

async function write(tx: Sql, batch: Batch, projections: Projection[]): Promise<void> {
  if (batch.guards.length > 0) await applyGuards(tx, batch.guards);
  await storeSteps(tx, batch.states, batch.rows);
  await storeEffects(tx, effectsOf(batch.changes));
  for (const projection of projections) await projection(tx, batch.changes);
}

/** All rows of a batch are stored or none, and a hash names one history, so the first row tells. */
async function wasStored(db: Database, { rows }: Batch): Promise<boolean> {
  const [first] = rows;
  if (first === undefined) return true;
  const hash = await readHash(db, first.instance, first.seq);
  return hash !== null && hash.equals(first.hash);
}

function tell({ committed, log }: SubmitOptions, batch: Batch): void {
  for (const { entry, result } of batch.results) {
    if ('error' in result) entry.reject(result.error);
    else entry.resolve({ instance: result.change.after, events: result.change.events });
  }
  if (batch.changes.length === 0) return;
  try {
    committed(batch.changes);
  } catch (error) {
    log.error({ err: error }, 'a listener of committed changes failed');
  }
}
