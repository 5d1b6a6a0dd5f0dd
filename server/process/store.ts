import type { Instant } from '../../engine/index.ts';
import { insertIncidents, deleteIncidents, placeIncidents } from '../db/incidents.ts';
import { insertInstances, repinInstances, updateInstances } from '../db/instances.ts';
import type { InstanceRow } from '../db/instances.ts';
import { deleteJobs, insertJobs, placeJobs, rescheduleJobs, setRetries } from '../db/jobs.ts';
import { insertJournal } from '../db/journal.ts';
import type { StoredRow } from '../db/journal.ts';
import { insertOutbox, upsertSubscribing } from '../db/outbox.ts';
import type { OutboxRow } from '../db/outbox.ts';
import type { Sql } from '../db/sql.ts';
import {
  deleteMessageSubscriptions,
  deleteSignalSubscriptions,
  insertMessageSubscriptions,
  insertSignalSubscriptions,
} from '../db/subscriptions.ts';
import type { MessageSubscriptionRow } from '../db/subscriptions.ts';
import type { CandidateRow } from '../db/tasks.ts';
import {
  assignTasks,
  deleteCandidates,
  deleteTasks,
  insertCandidates,
  insertTasks,
  placeTasks,
  rankCandidates,
  updateTasks,
} from '../db/tasks.ts';
import { deleteTimers, insertTimers, placeTimers } from '../db/timers.ts';
import type { ChangedTask, Effects, OldTask } from './effects.ts';

/** The last state of an instance in a batch. */
export interface NewState extends InstanceRow {
  /** The version that was read; 0 when the batch started it. */
  readVersion: number;
}

/**
 * Writes instances and journal, each instance only from the version that was read.
 * @throws an error that isConflict knows when one of them has moved on
 */
export async function storeSteps(tx: Sql, states: readonly NewState[], rows: readonly StoredRow[]): Promise<void> {
  // In one order, of the keys as texts, so that two processes do not wait for each other crosswise.
  const ordered = [...states].sort((a, b) => (a.instance.id < b.instance.id ? -1 : 1));
  const started = ordered.filter((it) => it.readVersion === 0);
  const moved = ordered.filter((it) => it.readVersion > 0);
  await Promise.all([
    some(moved, (them) => updateInstances(tx, them)),
    some(started, (them) => insertInstances(tx, them)),
    insertJournal(tx, rows),
  ]);
}

/**
 * Writes the tables beside the journal, at most one delete, one update and one insert each: all sent without waiting.
 * @param apart when message subscriptions lie in other buckets: the time at which they are put into the outbox instead
 */
export async function storeEffects(tx: Sql, effects: Effects, apart: Instant | null): Promise<void> {
  const { tasks, updated, assigned, timers, jobs, rescheduled, retried, messages, signals, incidents, outbox } =
    effects;
  const writes = [
    effects.migrated.size > 0 ? storeMigrations(tx, effects) : undefined,
    some(tasks.removed.values(), (parts) => deleteTasks(tx, parts)),
    some(offered(tasks.removed), (parts) => deleteCandidates(tx, parts)),
    some(assigned.values(), (rows) => assignTasks(tx, rows)),
    some(updated.values(), (rows) => changeTasks(tx, rows)),
    some(tasks.added.values(), (rows) => insertTasks(tx, rows)),
    some(candidatesOf(tasks.added), (rows) => insertCandidates(tx, rows)),
    some(timers.removed.values(), (parts) => deleteTimers(tx, parts)),
    some(timers.added.values(), (rows) => insertTimers(tx, rows)),
    some(jobs.removed.values(), (parts) => deleteJobs(tx, parts)),
    some(rescheduled.values(), (rows) => rescheduleJobs(tx, rows)),
    some(retried.values(), (rows) => setRetries(tx, rows)),
    some(jobs.added.values(), (rows) => insertJobs(tx, rows)),
    ...(apart === null
      ? storeSubscriptions(tx, messages)
      : [some(subscribing(messages, apart), (rows) => upsertSubscribing(tx, rows))]),
    some(signals.removed.values(), (rows) => deleteSignalSubscriptions(tx, rows)),
    some(signals.added.values(), (rows) => insertSignalSubscriptions(tx, rows)),
    some(incidents.removed.values(), (parts) => deleteIncidents(tx, parts)),
    some(incidents.added.values(), (rows) => insertIncidents(tx, rows)),
    some(outbox, (rows) => insertOutbox(tx, rows)),
  ];
  await Promise.all(writes.filter((it) => it !== undefined));
}

function storeSubscriptions(tx: Sql, { removed, added }: Effects['messages']) {
  return [
    some(removed.values(), (rows) => deleteMessageSubscriptions(tx, rows)),
    some(added.values(), (rows) => insertMessageSubscriptions(tx, rows)),
  ];
}

function subscribing({ removed, added }: Effects['messages'], at: Instant): OutboxRow[] {
  const as = (kind: OutboxRow['kind']) => (row: MessageSubscriptionRow) => ({
    ...row,
    kind,
    variables: {},
    ttl: 0,
    at,
  });
  return [...[...removed.values()].map(as('unsubscribe')), ...[...added.values()].map(as('subscribe'))];
}

function offered(removed: Effects['tasks']['removed']): OldTask[] {
  return [...removed.values()].filter(({ candidates }) => candidates);
}

function candidatesOf(added: Effects['tasks']['added']): CandidateRow[] {
  // Those of an update have no date yet.
  return [...added.values()].flatMap(({ candidates, dueAt }) => candidates.map((row) => ({ ...row, dueAt })));
}

/** Rows that the same batch takes out again are written in vain. */
async function storeMigrations(tx: Sql, { migrated, placed }: Effects): Promise<void> {
  await Promise.all([
    some(migrated.values(), (rows) => repinInstances(tx, rows)),
    some(placed.tasks.values(), (rows) => placeTasks(tx, rows)),
    some(placed.jobs.values(), (rows) => placeJobs(tx, rows)),
    some(placed.timers.values(), (rows) => placeTimers(tx, rows)),
    some(placed.incidents.values(), (rows) => placeIncidents(tx, rows)),
  ]);
}

async function changeTasks(tx: Sql, rows: readonly ChangedTask[]): Promise<void> {
  const others = rows.filter(({ candidates }) => candidates !== undefined);
  const candidates = others.flatMap((row) => row.candidates ?? []);
  await Promise.all([
    updateTasks(tx, rows),
    some(others, (them) => deleteCandidates(tx, them)),
    some(candidates, (them) => insertCandidates(tx, them)),
    rankCandidates(tx, rows),
  ]);
}

/** A statement, if there is anything to write. */
function some<Row>(rows: Iterable<Row>, write: (rows: Row[]) => Promise<void>): Promise<void> | undefined {
  const all = [...rows];
  return all.length > 0 ? write(all) : undefined;
}
