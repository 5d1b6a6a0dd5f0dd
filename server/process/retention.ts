/**
 * What becomes of what has ended: its journal moves to the archive, and once the rule of its process says so it goes,
 * with everything that belongs to it. Each step is a transaction that can be done again, so a crash between two of them
 * loses nothing and doubles nothing; only the process that has the lease takes steps.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Rejection } from '../../engine/index.ts';
import type { Instant } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import {
  createMonth,
  deleteArchived,
  dropMonth,
  findKept,
  monthOf,
  moveToArchive,
  readMonthSize,
  readMonths,
  readMovable,
  readRemoved,
} from '../db/archive.ts';
import type { Ended, Month } from '../db/archive.ts';
import type { Database } from '../db/database.ts';
import { BUCKETS, bucketOfKey, firstKeyAt } from '../db/key.ts';
import { giveLeaseBack, holdLease, takeLease } from '../db/leases.ts';
import type { Lease } from '../db/leases.ts';
import { appendOperation } from '../db/operations.ts';
import {
  deleteHold,
  deleteInstances,
  deleteRule,
  forecastRule,
  insertHold,
  lockInstances,
  readExpired,
  readHeld,
  readRules,
  upsertRule,
} from '../db/retention.ts';
import type { RetentionForecast, RetentionRule } from '../db/retention.ts';
import type { Sql } from '../db/sql.ts';

const DAY = 86_400_000;
/** Without a shorter rule a journal moves so many days after the end. */
const ARCHIVED_AFTER = 30;
const LEASE = 2 * 60_000;
/** Buckets that one statement looks through. */
const BUCKETS_AT_ONCE = 256;
/** A transaction moves about so many rows, of at most so many instances. */
const ROWS = 5000;
const INSTANCES = 500;

export interface RetentionOptions {
  db: Database;
  clock: Clock;
}

export interface RetentionRun extends RetentionOptions {
  /** Ends the run after the step that it is in. */
  signal?: AbortSignal;
}

/** What a run did. */
export interface RetentionReport {
  /** Instances whose journal was moved to the archive. */
  archived: number;
  /** Instances that were removed, per process. */
  removed: Record<string, number>;
  /** Partitions that were dropped whole. */
  dropped: string[];
}

interface Run extends RetentionRun {
  lease: Lease;
  until: Instant;
  report: RetentionReport;
}

/**
 * Does all that is due. null: another process is doing it.
 * @throws LeaseLost when another process took over; AbortError when it was ended
 */
export async function runRetention(options: RetentionRun): Promise<RetentionReport | null> {
  const now = options.clock.now();
  const until = now + LEASE;
  const lease = await takeLease(options.db, { name: 'retention', owner: randomUUID() }, now, until);
  if (lease === null) return null;
  const run: Run = { ...options, lease, until, report: { archived: 0, removed: {}, dropped: [] } };
  await archive(run, now);
  for (const rule of await readRules(run.db)) await remove(run, rule, now);
  for (const month of await readMonths(run.db)) await tidy(run, month, now);
  await giveLeaseBack(run.db, lease);
  return run.report;
}

/** One transaction of the run, in which the lease is held. */
async function step<T>(run: Run, work: (tx: Sql) => Promise<T>): Promise<T> {
  run.signal?.throwIfAborted();
  const now = run.clock.now();
  if (run.until - now < LEASE / 2) {
    run.until = now + LEASE;
    await takeLease(run.db, run.lease, now, run.until);
  }
  const result = await run.db.transaction(async (tx) => {
    await holdLease(tx, run.lease);
    return work(tx);
  });
  await breathe();
  return result;
}

async function archive(run: Run, now: Instant): Promise<void> {
  const rules = await readRules(run.db);
  const months = new Set((await readMonths(run.db)).map(({ partition }) => partition));
  const days = Math.min(ARCHIVED_AFTER, ...rules.map((rule) => rule.days));
  const search = { now, days: ARCHIVED_AFTER, before: firstKeyAt(now - days * DAY), limit: INSTANCES };
  for (let bucket = 0; bucket < BUCKETS; bucket += BUCKETS_AT_ONCE) {
    const buckets = Array.from({ length: BUCKETS_AT_ONCE }, (_, index) => bucket + index);
    for (let found = INSTANCES; found === INSTANCES;) {
      const ended = await readMovable(run.db, buckets, search);
      for (const batch of batchesOf(ended)) {
        for (const month of batch.map(({ endedAt }) => monthOf(endedAt))) {
          if (!months.has(month.partition)) await step(run, (tx) => createMonth(tx, month));
          months.add(month.partition);
        }
        await step(run, (tx) => moveToArchive(tx, batch));
        run.report.archived += batch.length;
      }
      found = ended.length;
    }
  }
}

/** At least one instance each, and no more than fit into a transaction. */
function batchesOf(ended: readonly Ended[]): Ended[][] {
  const batches: Ended[][] = [];
  let rows = Infinity;
  for (const it of ended) {
    if (rows + it.rows > ROWS) {
      batches.push([]);
      rows = 0;
    }
    batches.at(-1)?.push(it);
    rows += it.rows;
  }
  return batches;
}

/** Removes the instances whose time is over. What was in the archive stays there until `tidy`, and nobody finds it. */
async function remove(run: Run, rule: RetentionRule, now: Instant): Promise<void> {
  const { process, days } = rule;
  for (let found = INSTANCES; found === INSTANCES;) {
    const expired = await readExpired(run.db, process, now - days * DAY, INSTANCES);
    found = expired.length;
    if (found === 0) return;
    const count = await step(run, async (tx) => {
      const rules = await readRules(tx);
      if (!rules.some((it) => it.process === process && it.days <= days)) return null;
      // Locked first and looked at then: whoever wants to hold one of them has done so by now, or comes too late.
      const there = await lockInstances(tx, expired);
      const held = await readHeld(tx, expired);
      const going = expired.filter(({ instance }) => there.has(instance) && !held.has(instance));
      if (going.length === 0) return 0;
      await deleteInstances(tx, going);
      const ends = going.map(({ endedAt }) => endedAt);
      const details = { days, count: going.length, oldest: Math.min(...ends), newest: Math.max(...ends) };
      await record(tx, now, { actor: 'system', action: 'InstancesRemoved', subject: process, details });
      return going.length;
    });
    if (count === null) return; // The rule was changed meanwhile: the next run goes by the new one.
    if (count > 0) run.report.removed[process] = (run.report.removed[process] ?? 0) + count;
  }
}

/** Drops a month of which nothing has to be kept, else removes what may go from it. */
async function tidy(run: Run, month: Month, now: Instant): Promise<void> {
  if ((await findKept(run.db, month, now)) === null) return drop(run, month, now);
  for (let found = INSTANCES; found === INSTANCES;) {
    const removed = await readRemoved(run.db, month, now, INSTANCES);
    if (removed.length > 0) await step(run, (tx) => deleteArchived(tx, month, removed));
    found = removed.length;
  }
}

async function drop(run: Run, month: Month, now: Instant): Promise<void> {
  const dropped = await step(run, async (tx) => {
    if ((await findKept(tx, month, now)) !== null) return false;
    await dropMonth(tx, month);
    await record(tx, now, { actor: 'system', action: 'ArchiveDropped', subject: month.partition, details: {} });
    return true;
  });
  if (dropped) run.report.dropped.push(month.partition);
}

type Act = Pick<Parameters<typeof appendOperation>[1], 'actor' | 'action' | 'subject' | 'details'>;

async function record(tx: Sql, at: Instant, act: Act): Promise<void> {
  await appendOperation(tx, { stream: 'retention', at, ...act });
}

/** What a run would do now. */
export interface RetentionPlan {
  rules: RetentionForecast[];
  /** Months of which nothing would be left. */
  months: { partition: string; bytes: number }[];
}

/** What the rules would remove. */
export async function planRetention({ db, clock }: RetentionOptions): Promise<RetentionPlan> {
  const now = clock.now();
  const rules: RetentionForecast[] = [];
  for (const rule of await readRules(db)) rules.push(await forecastRule(db, rule, now));
  const months: RetentionPlan['months'] = [];
  for (const month of await readMonths(db)) {
    if ((await findKept(db, month, now, true)) !== null) continue;
    months.push({ partition: month.partition, bytes: await readMonthSize(db, month) });
  }
  return { rules, months };
}

/** Who changes what is kept. */
export interface Asked {
  actor: string;
}

/** Sets how long the ended instances of a process are kept; null: for ever again. Gives whether that was a change. */
export async function setRule(
  { db, clock }: RetentionOptions,
  process: string,
  days: number | null,
  { actor }: Asked,
): Promise<boolean> {
  const at = clock.now();
  return db.transaction(async (tx) => {
    if (days !== null) await upsertRule(tx, { process, days, setAt: at, setBy: actor });
    else if (!(await deleteRule(tx, process))) return false;
    const action = days === null ? 'RetentionRuleRemoved' : 'RetentionRuleSet';
    await record(tx, at, { actor, action, subject: process, details: days === null ? {} : { days } });
    return true;
  });
}

/** Keeps an instance whatever the rules say. @throws Rejection not-found, conflict when it is held already */
export async function placeHold(
  { db, clock }: RetentionOptions,
  instance: string,
  reason: string,
  { actor }: Asked,
): Promise<void> {
  const at = clock.now();
  await db.transaction(async (tx) => {
    if ((await lockInstances(tx, [{ bucket: bucketOfKey(instance), instance }])).size === 0) {
      throw new Rejection('not-found', `Expected an instance with the key ${instance}, but there is none.`);
    }
    if (!(await insertHold(tx, { instance, at, by: actor, reason }))) {
      throw new Rejection('conflict', `Expected instance ${instance} not to be held yet, but it is.`);
    }
    await record(tx, at, { actor, action: 'HoldPlaced', subject: instance, details: { reason } });
  });
}

/** Gives an instance back to the rule of its process. @throws Rejection conflict when it is not held */
export async function releaseHold({ db, clock }: RetentionOptions, instance: string, { actor }: Asked): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await deleteHold(tx, instance))) {
      throw new Rejection('conflict', `Expected instance ${instance} to be held, but it is not.`);
    }
    await record(tx, clock.now(), { actor, action: 'HoldReleased', subject: instance, details: {} });
  });
}
