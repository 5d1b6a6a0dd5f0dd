import { verify } from '../../engine/index.ts';
import type { Release, Verdict } from '../../engine/index.ts';
import { ZERO_HASH } from '../db/chain.ts';
import { readInstances } from '../db/instances.ts';
import { hashOfRow, readJournal, readStored } from '../db/journal.ts';
import type { Sql } from '../db/sql.ts';

/** Is the chain whole? `seq` is the first row that is not what was written, or that is missing. */
export type Integrity = { intact: true; rows: number } | { intact: false; seq: number; reason: string };

/** Integrity of the record, and what running its commands again gives (null when the record is broken or not readable). */
export interface HistoryVerdict {
  integrity: Integrity;
  execution: Verdict | null;
}

/** Checks the hash chain and runs the history again. */
export async function verifyHistory(
  sql: Sql,
  release: (id: string) => Promise<Release | null>,
  instance: string,
): Promise<HistoryVerdict> {
  const integrity = await checkIntegrity(sql, instance);
  if (!integrity.intact) return { integrity, execution: null };
  const history = await readJournal(sql, instance);
  const first = history[0]?.command;
  const pinned = first?.type === 'Start' ? await release(first.release) : null;
  return { integrity, execution: pinned === null ? null : verify(pinned, history) };
}

async function checkIntegrity(sql: Sql, instance: string): Promise<Integrity> {
  const stored = (await readInstances(sql, [instance])).get(instance);
  const rows = await readStored(sql, instance);
  let previous = ZERO_HASH;
  for (const [index, row] of rows.entries()) {
    const seq = index + 1;
    if (row.seq !== seq) return broken(seq, `Expected row ${seq}, but found row ${row.seq}.`);
    if (!row.prevHash.equals(previous))
      return broken(seq, `Expected row ${seq} to name the hash of the row before it.`);
    if (!hashOfRow(row).equals(row.hash)) return broken(seq, `Expected row ${seq} to have the content of its hash.`);
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
