import { releasesIn, verify } from '../../engine/index.ts';
import type { Release, Verdict } from '../../engine/index.ts';
import { ZERO_HASH } from '../db/chain.ts';
import type { Database } from '../db/database.ts';
import { readInstances } from '../db/instances.ts';
import type { StoredInstance } from '../db/instances.ts';
import { hasItsHash, parseStored, readStored } from '../db/journal.ts';
import type { StoredRow } from '../db/journal.ts';

/** Is the chain whole? `seq` is the first row that is not what was written, or that is missing. */
export type Integrity = { intact: true; rows: number } | { intact: false; seq: number; reason: string };

/** Integrity of the record, and what running its commands again gives (null when the record is broken or not readable). */
export interface HistoryVerdict {
  integrity: Integrity;
  execution: Verdict | null;
}

/** Checks the hash chain and runs the history again. */
export async function verifyHistory(
  db: Database,
  release: (id: string) => Promise<Release | null>,
  instance: string,
): Promise<HistoryVerdict> {
  // One picture of both tables: a command that is done meanwhile is in both or in none.
  const { stored, rows } = await db.transaction(async (tx) => {
    await tx.run('set transaction isolation level repeatable read');
    return { stored: (await readInstances(tx, [instance])).get(instance), rows: await readStored(tx, instance) };
  });
  const integrity = checkIntegrity(stored, rows);
  if (!integrity.intact) return { integrity, execution: null };
  const history = rows.map(parseStored);
  const found = await Promise.all(releasesIn(history).map(async (id) => [id, await release(id)] as const));
  const releases = new Map(found.flatMap(([id, one]) => (one === null ? [] : [[id, one]])));
  return { integrity, execution: releases.size < found.length ? null : verify(releases, history) };
}

function checkIntegrity(stored: StoredInstance | undefined, rows: readonly StoredRow[]): Integrity {
  let previous = ZERO_HASH;
  for (const [index, row] of rows.entries()) {
    const seq = index + 1;
    if (row.seq !== seq) return broken(seq, `Expected row ${seq}, but found row ${row.seq}.`);
    if (!row.prevHash.equals(previous))
      return broken(seq, `Expected row ${seq} to name the hash of the row before it.`);
    if (!hasItsHash(row)) return broken(seq, `Expected row ${seq} to have the content of its hash.`);
    previous = row.hash;
  }
  if (stored === undefined || stored.instance.version !== rows.length || !stored.hash.equals(previous)) {
    const found = stored === undefined ? 'there is none' : `it is at version ${stored.instance.version}`;
    return broken(rows.length + 1, `Expected the instance to end with row ${rows.length}, but ${found}.`);
  }
  return { intact: true, rows: rows.length };
}

function broken(seq: number, reason: string): Integrity {
  return { intact: false, seq, reason };
}
