import { ENGINE_VERSION, Rejection, canonical, execute } from '../../engine/index.ts';
import type { Command, Outcome, Release } from '../../engine/index.ts';
import { ZERO_HASH } from '../db/chain.ts';
import { readInstances } from '../db/instances.ts';
import type { StoredInstance } from '../db/instances.ts';
import { hashOfRow } from '../db/journal.ts';
import type { StepRow } from '../db/journal.ts';
import { readRequests } from '../db/requests.ts';
import type { Sql } from '../db/sql.ts';
import type { Change } from './change.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Releases } from './releases.ts';
import type { NewState } from './store.ts';

/** A command that waits, and who waits for it. */
export interface Entry {
  instance: string;
  command: Command;
  /** The command as canonical JSON. */
  text: string;
  guards: readonly Guard[];
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** What became of a command, once the batch is stored. */
export interface Result {
  entry: Entry;
  result: { change: Change } | { error: unknown };
}

/** Commands that were executed and are to be stored together. */
export interface Batch {
  results: Result[];
  /** In the order of the commands; without the refused ones. */
  changes: Change[];
  rows: StepRow[];
  states: NewState[];
  guards: Guard[];
}

/**
 * Loads the instances in one statement and executes the commands in their order. Writes nothing.
 * @param trusting what a Start names is taken to be new: its key was drawn for it, and storing it would fail otherwise
 */
export async function prepare(
  sql: Sql,
  releases: Pick<Releases, 'get'>,
  entries: readonly Entry[],
  trusting: boolean,
): Promise<Batch> {
  const [loaded, repeated] = await Promise.all([load(sql, entries, trusting), findRepeated(sql, entries)]);
  const compiled = await loadReleases(releases, entries, loaded);
  const batch: Batch = { results: [], changes: [], rows: [], states: [], guards: [] };
  const states = new Map<string, NewState>();
  for (const entry of entries) {
    const current = states.get(entry.instance) ?? loaded.get(entry.instance) ?? null;
    try {
      refuseRepeated(entry, repeated);
      const change = executeOne(compiled, current, entry.command, entry.instance);
      const row = journalRow(current, change, entry);
      const readVersion = loaded.get(entry.instance)?.instance.version ?? 0;
      states.set(entry.instance, { instance: change.after, hash: row.hash, readVersion });
      batch.results.push({ entry, result: { change } });
      batch.changes.push(change);
      batch.rows.push(row);
      const moved = { instance: row.instance, seq: row.seq };
      batch.guards.push(...entry.guards.map((guard) => (guard.type === 'request' ? { ...guard, moved } : guard)));
    } catch (error) {
      batch.results.push({ entry, result: { error } });
    }
  }
  batch.states = [...states.values()];
  return batch;
}

async function load(
  sql: Sql,
  entries: readonly Entry[],
  trusting: boolean,
): Promise<ReadonlyMap<string, StoredInstance>> {
  const ids = new Set<string>();
  for (const { instance, command } of entries) if (!trusting || command.type !== 'Start') ids.add(instance);
  return ids.size === 0 ? new Map() : readInstances(sql, [...ids]);
}

/** The requests among them that were done before. */
async function findRepeated(sql: Sql, entries: readonly Entry[]): Promise<Set<string>> {
  const hashes = entries.flatMap(({ guards }) =>
    guards.flatMap((it) => (it.type === 'request' ? [it.request.hash] : [])),
  );
  return new Set(hashes.length === 0 ? [] : (await readRequests(sql, hashes)).map(({ hash }) => hash));
}

function refuseRepeated({ guards }: Entry, repeated: ReadonlySet<string>): void {
  for (const guard of guards) {
    if (guard.type === 'request' && repeated.has(guard.request.hash))
      throw new AlreadyDone(`request ${guard.request.hash}`);
  }
}

async function loadReleases(
  releases: Pick<Releases, 'get'>,
  entries: readonly Entry[],
  loaded: ReadonlyMap<string, StoredInstance>,
): Promise<Map<string, Release>> {
  const ids = new Set<string>();
  for (const { instance } of loaded.values()) ids.add(instance.release);
  for (const { command } of entries) if (namesRelease(command)) ids.add(command.release);
  const found = await Promise.all([...ids].map(async (id) => [id, await releases.get(id)] as const));
  return new Map(found.flatMap(([id, release]) => (release === null ? [] : [[id, release]])));
}

function namesRelease(command: Command): command is Command & { type: 'Start' | 'Migrate' } {
  return command.type === 'Start' || command.type === 'Migrate';
}

function executeOne(
  releases: ReadonlyMap<string, Release>,
  current: StoredInstance | null,
  command: Command,
  id: string,
): Change {
  const before = current?.instance ?? null;
  if (command.type === 'Start' && before !== null) {
    throw new Rejection('conflict', `Expected instance ${id} not to exist yet, but it does.`);
  }
  if (before === null && command.type !== 'Start') {
    throw new Rejection('not-found', `Expected instance ${id} for ${command.type}, but there is none.`);
  }
  const pinned = before?.release ?? (command.type === 'Start' ? command.release : '');
  const release = releases.get(pinned);
  if (release === undefined) throw new Rejection('not-found', `Expected release ${pinned}, but it is not there.`);
  const target = command.type === 'Migrate' ? releases.get(command.release) : undefined;
  const { instance: after, events } = execute(release, before, command, target);
  return { before, after, command, events, release: target ?? release };
}

function journalRow(current: StoredInstance | null, { after, command, events }: Change, entry: Entry): StepRow {
  const row = {
    instance: after.id,
    seq: after.version,
    at: command.at,
    actor: command.actor,
    command: entry.text,
    events: canonical(events),
    engine: ENGINE_VERSION,
    prevHash: current?.hash ?? ZERO_HASH,
  };
  return { ...row, step: { command, events }, hash: hashOfRow(row) };
}
