/** What commands are executed on: it is there, or read, before their transaction begins. */
import type { Command, Release } from '../../engine/index.ts';
import { readInstances } from '../db/instances.ts';
import type { StoredInstance } from '../db/instances.ts';
import { readRequests } from '../db/requests.ts';
import type { RequestId } from '../db/requests.ts';
import type { Sql } from '../db/sql.ts';
import type { Entry } from './batch.ts';
import type { Copies } from './copies.ts';
import type { Releases } from './releases.ts';

export interface Known {
  instances: ReadonlyMap<string, StoredInstance>;
  /** Those of the instances that were not read. */
  copied: ReadonlyMap<string, StoredInstance>;
  /** Hashes of the requests that were done before. */
  repeated: ReadonlySet<string>;
  releases: ReadonlyMap<string, Release>;
}

/**
 * Reads in one statement each what is not known.
 * @param copies what need not be read; with them what a Start names is taken to be new as well: its key was drawn for it,
 *   and storing it would fail otherwise. null: everything is read
 */
export async function readKnown(
  sql: Sql,
  releases: Pick<Releases, 'get'>,
  entries: readonly Entry[],
  copies: Copies | null,
): Promise<Known> {
  const copied = copiesOf(entries, copies);
  const [instances, repeated] = await Promise.all([
    load(sql, entries, copied, copies !== null),
    findRepeated(sql, entries),
  ]);
  return { instances, copied, repeated, releases: await loadReleases(releases, entries, instances) };
}

function copiesOf(entries: readonly Entry[], copies: Copies | null): Map<string, StoredInstance> {
  const copied = new Map<string, StoredInstance>();
  for (const { instance } of entries) {
    const copy = copies?.get(instance);
    if (copy !== undefined) copied.set(instance, copy);
  }
  return copied;
}

/** The copies, with what is read besides. */
async function load(
  sql: Sql,
  entries: readonly Entry[],
  copied: Map<string, StoredInstance>,
  trusting: boolean,
): Promise<ReadonlyMap<string, StoredInstance>> {
  const ids = new Set<string>();
  for (const { instance, command } of entries) {
    if (!copied.has(instance) && !(trusting && command.type === 'Start')) ids.add(instance);
  }
  if (ids.size === 0) return copied;
  const read = await readInstances(sql, [...ids]);
  return copied.size === 0 ? read : new Map([...copied, ...read]);
}

/** The requests among them that were done before. */
async function findRepeated(sql: Sql, entries: readonly Entry[]): Promise<Set<string>> {
  const ids: RequestId[] = [];
  for (const { guards } of entries) for (const it of guards) if (it.type === 'request') ids.push(it.request);
  return new Set(ids.length === 0 ? [] : (await readRequests(sql, ids)).map(({ hash }) => hash));
}

async function loadReleases(
  releases: Pick<Releases, 'get'>,
  entries: readonly Entry[],
  loaded: ReadonlyMap<string, StoredInstance>,
): Promise<Map<string, Release>> {
  const ids = new Set<string>();
  for (const { instance } of loaded.values()) ids.add(instance.release);
  for (const { command } of entries) if (namesRelease(command)) ids.add(command.release);
  const found = new Map<string, Release>();
  for (const id of ids) {
    const release = await releases.get(id);
    if (release !== null) found.set(id, release);
  }
  return found;
}

function namesRelease(command: Command): command is Command & { type: 'Start' | 'Migrate' } {
  return command.type === 'Start' || command.type === 'Migrate';
}
