/** Histories of several instances at once, for searches inside of instances. */
import type { Event } from '../../engine/event.ts';
import { bucketOfKey } from './key.ts';
import { unpackEvents } from './packed-step.ts';
import type { Sql } from './sql.ts';

/** A row of a history, as far as searches read it. */
export interface JournalLine {
  instance: string;
  at: number;
  events: Event[];
}

/** The rows of these instances, each instance's in order, also those in the archive (see `readStored`). Primary keys. */
export async function readJournals(sql: Sql, instances: readonly string[]): Promise<JournalLine[]> {
  const rows = await sql.query<{ instance_id: string; at: string; events: string }>(
    `with wanted as (select * from unnest($1::int[], $2::bigint[]) w (bucket, id))
     select j.instance_id, j.seq, j.at, j.events from wanted
     join journal j on j.bucket = wanted.bucket and j.instance_id = wanted.id
     union all
     select a.instance_id, a.seq, a.at, a.events from wanted
     join instances i on i.bucket = wanted.bucket and i.id = wanted.id
     join journal_archive a on a.bucket = i.bucket and a.instance_id = i.id and a.ended_at = i.ended_at
     order by instance_id, seq`,
    [instances.map(bucketOfKey), instances],
  );
  return rows.map(({ instance_id: instance, at, events }) => ({
    instance,
    at: Number(at),
    events: unpackEvents(events),
  }));
}
