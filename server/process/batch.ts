import { ENGINE_VERSION, Rejection, execute } from '../../engine/index.ts';
import type { Command, Outcome, Release } from '../../engine/index.ts';
import { ZERO_HASH } from '../db/chain.ts';
import type { StoredInstance } from '../db/instances.ts';
import { hashOfRow } from '../db/journal.ts';
import type { StoredRow } from '../db/journal.ts';
import { packStep } from '../db/packed-step.ts';
import { packSnapshot } from '../db/snapshot.ts';
import type { Change } from './change.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard } from './guard.ts';
import type { Known } from './known.ts';
import type { NewState } from './store.ts';

/** A command that waits, and who waits for it. */
export interface Entry {
  instance: string;
  command: Command;
  /** About how long the command is as JSON. */
  size: number;
  guards: readonly Guard[];
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** What became of a command, once the batch is stored. */
export interface Result {
  entry: Entry;
  result: { change: Change } | { error: unknown };
}

/** Commands that are executed and stored together. */
export interface Batch {
  results: Result[];
  /** In the order of the commands; without the refused ones. */
  changes: Change[];
  rows: StoredRow[];
  states: NewState[];
  guards: Guard[];
}

export function emptyBatch(): Batch {
  return { results: [], changes: [], rows: [], states: [], guards: [] };
}

/**
 * Executes the commands in their order, into the batch.
 * @returns the instances of which something was refused on a copy. When there are any the batch stays empty: what they are
 *   has to be read first
 */
export function executeAll(batch: Batch, entries: readonly Entry[], known: Known): string[] {
  const executed = emptyBatch();
  const outdated: string[] = [];
  const states = new Map<string, Omit<NewState, 'snapshot'>>();
  for (const entry of entries) {
    const current = states.get(entry.instance) ?? known.instances.get(entry.instance) ?? null;
    try {
      refuseRepeated(entry, known.repeated);
      const change = executeOne(known.releases, current, entry.command, entry.instance);
      const row = journalRow(current, change);
      const readVersion = known.instances.get(entry.instance)?.instance.version ?? 0;
      states.set(entry.instance, { instance: change.after, hash: row.hash, readVersion });
      executed.results.push({ entry, result: { change } });
      executed.changes.push(change);
      executed.rows.push(row);
      const moved = { instance: row.instance, seq: row.seq };
      for (const guard of entry.guards) executed.guards.push(guard.type === 'request' ? { ...guard, moved } : guard);
    } catch (error) {
      if (known.copied.has(entry.instance)) outdated.push(entry.instance);
      executed.results.push({ entry, result: { error } });
    }
  }
  if (outdated.length > 0) return outdated;
  for (const { instance, hash, readVersion } of states.values()) {
    executed.states.push({ instance, hash, readVersion, snapshot: packSnapshot(instance) });
  }
  Object.assign(batch, executed);
  return outdated;
}

function refuseRepeated({ guards }: Entry, repeated: ReadonlySet<string>): void {
  for (const guard of guards) {
    if (guard.type === 'request' && repeated.has(guard.request.hash))
      throw new AlreadyDone(`request ${guard.request.hash}`);
  }
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

function journalRow(current: StoredInstance | null, { after, command, events }: Change): StoredRow {
  const packed = packStep({ command, events });
  // No spread: V8 adds to an object that was begun by one a hundred times slower.
  const row: StoredRow = {
    instance: after.id,
    seq: after.version,
    at: command.at,
    actor: command.actor,
    command: packed.command,
    events: packed.events,
    engine: ENGINE_VERSION,
    prevHash: current?.hash ?? ZERO_HASH,
    hash: ZERO_HASH,
  };
  row.hash = hashOfRow(row);
  return row;
}
