import { insertIncidents, deleteIncidents, placeIncidents } from '../db/incidents.ts';
import { insertInstances, repinInstances, updateInstances } from '../db/instances.ts';
import type { StoredInstance } from '../db/instances.ts';
import { deleteJobs, insertJobs, placeJobs, rescheduleJobs, setRetries } from '../db/jobs.ts';
import { insertJournal } from '../db/journal.ts';
import type { NewJournalRow } from '../db/journal.ts';
import { insertOutbox } from '../db/outbox.ts';
import type { Sql } from '../db/sql.ts';
import {
  deleteMessageSubscriptions,
  deleteSignalSubscriptions,
  insertMessageSubscriptions,
  insertSignalSubscriptions,
} from '../db/subscriptions.ts';
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
import type { ChangedTask, Effects } from './effects.ts';

/** Another process moved one of the instances since it was read. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The last state of an instance in a batch. */
export interface NewState extends StoredInstance {
  /** The version that was read; 0 when the batch started it. */
  readVersion: number;
}

/**
 * Writes instances and journal, each instance only from the version that was read.
 * @throws Conflict (or the database's duplicate error) when one of them has moved on
 */
export async function storeSteps(tx: Sql, states: readonly NewState[], rows: readonly NewJournalRow[]): Promise<void> {
  // In the order of the keys, so that two processes do not wait for each other crosswise.
  const ordered = [...states].sort((a, b) => (BigInt(a.instance.id) < BigInt(b.instance.id) ? -1 : 1));
  const started = ordered.filter((it) => it.readVersion === 0);
  const moved = ordered.filter((it) => it.readVersion > 0);
  if (moved.length > 0) {
    const updated = await updateInstances(tx, moved);
    if (updated !== moved.length) {
      throw new Conflict(
        `Expected ${moved.length} instances to be unchanged since they were read, but ${updated} are.`,
      );
    }
  }
  if (started.length > 0) await insertInstances(tx, started);
  await insertJournal(tx, rows);
}

/** Writes the tables beside the journal: at most one delete, one update and one insert each. */
export async function storeEffects(tx: Sql, effects: Effects): Promise<void> {
  const { tasks, updated, assigned, timers, jobs, rescheduled, retried, messages, signals, incidents, outbox } =
    effects;
  if (effects.migrated.size > 0) await storeMigrations(tx, effects);
  await some(tasks.removed, (parts) => deleteTasks(tx, parts));
  await some(tasks.removed, (parts) => deleteCandidates(tx, parts));
  await some(assigned, (rows) => assignTasks(tx, rows));
  await some(updated, (rows) => changeTasks(tx, rows));
  await some(tasks.added, async (rows) => {
    await insertTasks(tx, rows);
    // Those of an update have no date yet.
    const candidates = rows.flatMap(({ candidates, dueAt }) => candidates.map((row) => ({ ...row, dueAt })));
    if (candidates.length > 0) await insertCandidates(tx, candidates);
  });
  await some(timers.removed, (parts) => deleteTimers(tx, parts));
  await some(timers.added, (rows) => insertTimers(tx, rows));
  await some(jobs.removed, (parts) => deleteJobs(tx, parts));
  await some(rescheduled, (rows) => rescheduleJobs(tx, rows));
  await some(retried, (rows) => setRetries(tx, rows));
  await some(jobs.added, (rows) => insertJobs(tx, rows));
  await some(messages.removed, (rows) => deleteMessageSubscriptions(tx, rows));
  await some(messages.added, (rows) => insertMessageSubscriptions(tx, rows));
  await some(signals.removed, (rows) => deleteSignalSubscriptions(tx, rows));
  await some(signals.added, (rows) => insertSignalSubscriptions(tx, rows));
  await some(incidents.removed, (parts) => deleteIncidents(tx, parts));
  await some(incidents.added, (rows) => insertIncidents(tx, rows));
  if (outbox.length > 0) await insertOutbox(tx, outbox);
}

/** Rows that the same batch takes out again are written in vain. */
async function storeMigrations(tx: Sql, { migrated, placed }: Effects): Promise<void> {
  await some(migrated, (rows) => repinInstances(tx, rows));
  await some(placed.tasks, (rows) => placeTasks(tx, rows));
  await some(placed.jobs, (rows) => placeJobs(tx, rows));
  await some(placed.timers, (rows) => placeTimers(tx, rows));
  await some(placed.incidents, (rows) => placeIncidents(tx, rows));
}

async function changeTasks(tx: Sql, rows: readonly ChangedTask[]): Promise<void> {
  await updateTasks(tx, rows);
  const others = rows.filter(({ candidates }) => candidates !== undefined);
  if (others.length > 0) await deleteCandidates(tx, others);
  const candidates = others.flatMap((row) => row.candidates ?? []);
  if (candidates.length > 0) await insertCandidates(tx, candidates);
  await rankCandidates(tx, rows);
}

async function some<Row>(rows: ReadonlyMap<string, Row>, write: (rows: Row[]) => Promise<void>): Promise<void> {
  if (rows.size > 0) await write([...rows.values()]);
}
