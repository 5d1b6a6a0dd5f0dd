/**
 * The one way in which process state changes. Commands queue; while a commit is in flight the queue fills; then one
 * batch is taken, executed and stored in one transaction. Callers hear only after the commit. When many commands wait,
 * two batches of different instances are in flight.
 */
import type { Logger } from 'pino';
import type { Command, Outcome } from '../../engine/index.ts';
import { Rejection } from '../../engine/index.ts';
import { CommitError } from '../db/commit-error.ts';
import type { Database } from '../db/database.ts';
import { readHash } from '../db/journal.ts';
import { bucketOfKey } from '../db/key.ts';
import { findByIndex, steadyPlans } from '../db/steady-plans.ts';
import type { Sql } from '../db/sql.ts';
import { isConflict, isTransient, isUnavailable } from '../db/sqlstate.ts';
import { emptyBatch, executeAll } from './batch.ts';
import type { Batch, Entry } from './batch.ts';
import type { Change } from './change.ts';
import { createCopies } from './copies.ts';
import type { Copies } from './copies.ts';
import { applyGuards, applyGuardsAtOnce } from './guard.ts';
import type { Guard } from './guard.ts';
import { readKnown } from './known.ts';
import type { Known } from './known.ts';
import type { Meter } from './meter.ts';
import type { Releases } from './releases.ts';
import { retrying } from './retry.ts';
import { storeEffects, storeSteps } from './store.ts';
import { effectsOf } from './effects.ts';

/** A batch takes at most so many commands, and so many bytes of commands unless the first alone is larger. */
const MAX_COMMANDS = 256;
const MAX_BYTES = 256 * 1024;
/** Batches in flight, on disjoint instances: while one is stored the next is executed. */
const LANES = 2;
/** With fewer commands a second batch costs more than it saves. */
const WORTH_A_LANE = 16;
/** On Citus a batch keeps to one bucket: that many are in flight, each of another bucket. */
const BUCKETS_AT_ONCE = 8;

/** Too many commands are waiting; the caller should come back later (HTTP 503). Nothing was stored. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/**
 * Writes what belongs to each change in the same transaction. Called once per batch, so write set-based, and give all
 * statements before waiting for one: they go out with those of the batch, and whatever goes wrong goes wrong before.
 */
export type Projection = (tx: Sql, changes: readonly Change[]) => Promise<void>;

export interface Submitter {
  /**
   * Does one command on one instance. It resolves after the commit.
   * @throws Rejection the engine refused it; AlreadyDone a guard did not hold; Overloaded the queue is full
   */
  submit(instance: string, command: Command, guards?: readonly Guard[]): Promise<Outcome>;
  registerProjection(projection: Projection): void;
  /** How many commands wait. */
  waiting(): number;
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
  meter?: Meter;
}

/** A batch that is being done. */
interface Lane {
  /** What no other batch may change meanwhile: commands on it wait. See turnOf. */
  turns: ReadonlySet<string>;
  done: Promise<void>;
}

export function createSubmitter(options: SubmitOptions): Submitter {
  const queue: Entry[] = [];
  const copies = createCopies();
  const projections: Projection[] = [];
  const lanes: Lane[] = [];
  const { citus } = options.db;
  let woken = false;
  let closed = false;

  const settle = async (entries: Entry[]): Promise<void> => {
    const began = performance.now();
    await settleBatch(options, projections, copies, entries);
    options.meter?.batch(entries.length, performance.now() - began);
  };
  const fill = (): void => {
    woken = false;
    while (
      citus
        ? lanes.length < BUCKETS_AT_ONCE
        : lanes.length === 0 || (lanes.length < LANES && queue.length >= WORTH_A_LANE)
    ) {
      const entries = takeBatch(queue, lanes, citus);
      if (entries.length === 0) return;
      const turns = new Set(entries.map((entry) => turnOf(entry, citus)));
      const done = settle(entries).finally(() => {
        lanes.splice(
          lanes.findIndex((lane) => lane.turns === turns),
          1,
        );
        wake();
      });
      lanes.push({ turns, done });
    }
  };
  /** Whatever comes in this turn of the event loop comes into one batch. */
  const wake = (): void => {
    if (woken || queue.length === 0) return;
    woken = true;
    setImmediate(fill);
  };
  return {
    submit(instance, command, guards = []) {
      if (closed) return Promise.reject(new Overloaded('Expected the server to be running, but it is being stopped.'));
      if (queue.length >= options.maxQueue) {
        options.meter?.commands('overloaded', 1);
        return Promise.reject(
          new Overloaded(`Expected fewer than ${options.maxQueue} waiting commands, but found more. Try again later.`),
        );
      }
      return new Promise((resolve, reject) => {
        queue.push({ instance, command, size: sizeOf(command), guards, resolve, reject });
        wake();
      });
    },
    registerProjection(projection) {
      projections.push(projection);
    },
    waiting: () => queue.length,
    async close() {
      closed = true;
      while (queue.length > 0 || lanes.length > 0) {
        await (lanes.length > 0 ? Promise.race(lanes.map(({ done }) => done)) : new Promise(setImmediate));
      }
    },
  };
}

/** About how long a command is as JSON. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 0;
  for (const key in value) size += key.length + sizeOf((value as Record<string, unknown>)[key]);
  return size;
}

/** What only one batch at a time may change: an instance, or a bucket. */
function turnOf({ instance }: Entry, citus: boolean): string {
  return citus ? String(bucketOfKey(instance)) : instance;
}

/** How many of what waits one lane takes. */
function shareOf(queue: readonly Entry[], lanes: readonly Lane[]): number {
  const busy = lanes.reduce((sum, { turns }) => sum + turns.size, 0);
  return Math.min(MAX_COMMANDS, Math.max(WORTH_A_LANE, Math.ceil((queue.length + busy) / LANES)));
}

/**
 * Takes the first that may be done now out of the queue: half of what is there when that is worth another batch; on Citus
 * all those of one bucket.
 */
function takeBatch(queue: Entry[], lanes: readonly Lane[], citus: boolean): Entry[] {
  const most = citus ? MAX_COMMANDS : shareOf(queue, lanes);
  const taken: Entry[] = [];
  const left: Entry[] = [];
  let bytes = 0;
  for (const entry of queue) {
    const turn = turnOf(entry, citus);
    const waits =
      lanes.some(({ turns }) => turns.has(turn)) ||
      (citus && taken[0] !== undefined && turn !== turnOf(taken[0], citus));
    if (!waits) bytes += entry.size;
    const full = taken.length === most || (taken.length > 0 && bytes > MAX_BYTES);
    (waits || full ? left : taken).push(entry);
  }
  queue.splice(0, queue.length, ...left);
  return taken;
}

/** Does the batch, and tells every caller. When it cannot be done as a whole, its commands are done one by one. */
async function settleBatch(
  options: SubmitOptions,
  projections: Projection[],
  copies: Copies,
  entries: Entry[],
): Promise<void> {
  const attempts = new Attempts(options, projections, copies);
  try {
    tell(options, await retrying(() => attempts.make(entries, false), isTransient));
  } catch (error) {
    // While there is no database, asking for each command again would only keep the callers waiting.
    if (isUnavailable(error) || (entries.length === 1 && !isConflict(error))) {
      refuse(options, entries, error);
      return;
    }
    if (entries.length > 1) options.log.debug({ err: error, commands: entries.length }, 'batch is done one by one');
    // A command whose instance moved on meanwhile is executed again on the new state; the caller does not see that.
    for (const entry of entries) await settleAlone(options, attempts, entry);
  }
}

async function settleAlone(options: SubmitOptions, attempts: Attempts, entry: Entry): Promise<void> {
  try {
    tell(
      options,
      await retrying(
        () => attempts.make([entry], true),
        (error) => isConflict(error) || isTransient(error),
      ),
    );
  } catch (error) {
    refuse(options, [entry], error);
  }
}

function refuse({ meter }: SubmitOptions, entries: readonly Entry[], error: unknown): void {
  const outcome = isUnavailable(error) ? 'unavailable' : error instanceof Rejection ? 'refused' : 'failed';
  meter?.commands(outcome, entries.length);
  for (const { reject } of entries) reject(error);
}

/**
 * Attempts for the commands of one batch. After an error at COMMIT the transaction may still become visible, even later:
 * so each further attempt, once it has read, looks whether the earlier one was stored in the end. Had it not been when the
 * new one read, and is it before the new one writes, then the new one conflicts, and the attempt after it finds it.
 */
class Attempts {
  readonly #options: SubmitOptions;
  readonly #projections: Projection[];
  readonly #copies: Copies;
  readonly #doubtful: Batch[] = [];
  /** Until something went wrong. */
  #trusting = true;

  constructor(options: SubmitOptions, projections: Projection[], copies: Copies) {
    this.#options = options;
    this.#projections = projections;
    this.#copies = copies;
  }

  /** @param waiting see write */
  async make(entries: Entry[], waiting: boolean): Promise<Batch> {
    const { db, releases } = this.#options;
    const known = await readKnown(db, releases, entries, this.#trusting ? this.#copies : null);
    for (const earlier of this.#doubtful) {
      // By their own rows: what is done one by one is stored one by one, in rows that look the same.
      const part = partOf(earlier, entries);
      if (part.rows.length > 0 && (await wasStored(db, part))) return part;
    }
    const work = { entries, known, batch: emptyBatch(), outdated: [] };
    try {
      await write(db, work, this.#projections, waiting);
    } catch (error) {
      return this.#again(work, waiting, error);
    }
    if (work.outdated.length > 0) {
      this.#copies.forget(work.outdated);
      return this.make(entries, waiting);
    }
    this.#copies.keep(work.batch.states);
    return work.batch;
  }

  /** After an error: of the database as a rule. */
  async #again({ entries, known, batch }: Work, waiting: boolean, error: unknown): Promise<Batch> {
    const { db, log } = this.#options;
    this.#trusting = false;
    if (known.copied.size > 0 && isConflict(error)) {
      this.#copies.distrust();
      return this.make(entries, waiting);
    }
    this.#copies.forget(batch.states.map(({ instance }) => instance.id));
    if (!(error instanceof CommitError)) throw error;
    if (batch.rows.length === 0) throw error.cause;
    log.warn({ err: error }, 'the outcome of a commit is not known: looking for it');
    this.#doubtful.push(batch);
    if (await retrying(() => wasStored(db, batch), isTransient)) return batch;
    throw error.cause;
  }
}

/** Commands that are being done. */
interface Work {
  entries: Entry[];
  known: Known;
  batch: Batch;
  /** Instances of which a copy refused something: they are to be read first, and nothing is written. */
  outdated: string[];
}

/**
 * Executes and writes all of it, sent before the first answer is waited for. The database begins the transaction while the
 * commands are executed.
 * @param waiting a guard that does not hold is known as such (AlreadyDone): the commit waits for the answers. Else it is
 *   an error that isConflict knows
 */
async function write(db: Database, work: Work, projections: Projection[], waiting: boolean): Promise<void> {
  const { batch } = work;
  // On Citus a statement is taken apart, and its rows are counted here.
  if (!(waiting || db.citus) || work.entries.every(({ guards }) => guards.length === 0)) {
    return db.atOnce(db.citus ? findByIndex : steadyPlans, async (tx) => {
      execute(work);
      if (batch.changes.length === 0) return;
      const guarded = batch.guards.length === 0 ? undefined : applyGuardsAtOnce(tx, batch.guards);
      await Promise.all([guarded, store(tx, db, batch, projections)]);
    });
  }
  execute(work);
  if (batch.changes.length === 0) return;
  return db.transaction(async (tx) => {
    const guarded = applyGuards(tx, batch.guards);
    try {
      await Promise.all([guarded, store(tx, db, batch, projections)]);
    } catch (error) {
      // Something else may have failed for the same reason as a guard: the guard tells why.
      await guarded;
      throw error;
    }
  });
}

function execute(work: Work): void {
  work.outdated = executeAll(work.batch, work.entries, work.known);
}

async function store(tx: Sql, { citus }: Database, batch: Batch, projections: readonly Projection[]): Promise<void> {
  await Promise.all([
    storeSteps(tx, batch.states, batch.rows),
    storeEffects(tx, effectsOf(batch.changes), citus ? (batch.changes[0]?.command.at ?? 0) : null),
    ...projections.map((projection) => projection(tx, batch.changes)),
  ]);
}

/** All rows of a batch are stored or none, and a hash names one history, so the first row tells. */
async function wasStored(db: Database, { rows }: Batch): Promise<boolean> {
  const [first] = rows;
  if (first === undefined) return true;
  const hash = await readHash(db, first.instance, first.seq);
  return hash !== null && hash.equals(first.hash);
}

/** What an attempt did for some of its commands. */
function partOf(batch: Batch, entries: readonly Entry[]): Batch {
  const results = batch.results.filter(({ entry }) => entries.includes(entry));
  const changes = results.flatMap(({ result }) => ('change' in result ? [result.change] : []));
  const rows = batch.rows.filter((_, index) => changes.some((change) => change === batch.changes[index]));
  return { ...emptyBatch(), results, changes, rows };
}

function tell({ committed, log, meter }: SubmitOptions, batch: Batch): void {
  for (const { entry, result } of batch.results) {
    if ('error' in result) entry.reject(result.error);
    else entry.resolve({ instance: result.change.after, events: result.change.events });
  }
  meter?.commands('done', batch.changes.length);
  if (batch.results.length > batch.changes.length) {
    meter?.commands('refused', batch.results.length - batch.changes.length);
  }
  if (batch.changes.length === 0) return;
  try {
    committed(batch.changes);
  } catch (error) {
    log.error({ err: error }, 'a listener of committed changes failed');
  }
}
