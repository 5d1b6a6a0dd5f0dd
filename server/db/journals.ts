/** Histories of several instances at once, for searches inside of instances. */
import { bucketOfKey } from './key.ts';
import type { Sql } from './sql.ts';

/** A row of a history, as far as searches read it. */
export interface JournalLine {
  instance: string;
  at: number;
  /** JSON of the events. */
  events: string;
}

/** The rows of these instances, each instance's in order. Primary key of `journal`. */
export async function readJournals(sql: Sql, instances: readonly string[]): Promise<JournalLine[]> {
  const rows = await sql.query<{ instance_id: string; at: string; events: string }>(
    `select j.instance_id, j.at, j.events from unnest($1::int[], $2::bigint[]) wanted (bucket, id)
     join journal j on j.bucket = wanted.bucket and j.instance_id = wanted.id order by j.instance_id, j.seq`,
    [instances.map(bucketOfKey), instances],
  );
  return rows.map(({ instance_id: instance, at, events }) => ({ instance, at: Number(at), events }));
}
