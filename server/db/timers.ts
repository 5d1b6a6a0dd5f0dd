import type { Instant } from '../../engine/instance.ts';
import { partArrays, partKey } from './part.ts';
import type { Part, Placed } from './part.ts';
import type { Sql } from './sql.ts';

/** An armed timer. */
export interface TimerRow extends Part {
  /** BPMN id of the timer event. */
  element: string;
  dueAt: Instant;
}

export async function insertTimers(tx: Sql, rows: readonly TimerRow[]): Promise<void> {
  await tx.run(
    `insert into timers (bucket, instance_id, id, element, due_at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::bigint[])`,
    [...partArrays(rows), rows.map((row) => row.element), rows.map((row) => row.dueAt)],
  );
}

/** Gives timers to other elements: their instance went over to another release. Primary key. */
export async function placeTimers(tx: Sql, rows: readonly Placed[]): Promise<void> {
  await tx.run(
    `update timers t set element = n.element
     from unnest($1::int[], $2::bigint[], $3::int[], $4::text[]) n (bucket, instance_id, id, element)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    [...partArrays(rows), rows.map((row) => row.element)],
  );
}

export async function deleteTimers(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `delete from timers t using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    partArrays(parts),
  );
}

// The bounds are subselects because the planner does not look into them. When it sees a bound beyond the known values it
// looks for the least value that is there, through all dead rows at that end of the index, and at every call anew.

/**
 * What is due, first due first. `from`: nothing older is there to be found (a low-water mark against dead rows).
 * Index timers_by_due.
 */
export async function readDueTimers(sql: Sql, from: Instant, now: Instant, limit: number): Promise<TimerRow[]> {
  const rows = await sql.query<{ instance_id: string; id: number; element: string; due_at: string }>(
    `select instance_id, id, element, due_at from timers
     where due_at >= (select $1::bigint) and due_at <= (select $2::bigint)
     order by due_at, instance_id, id limit $3`,
    [from, now, limit],
  );
  return rows.map((row) => ({
    instance: row.instance_id,
    id: row.id,
    element: row.element,
    dueAt: Number(row.due_at),
  }));
}

/** The next due time after a moment and up to another, or null when no timer is due in between. Index timers_by_due. */
export async function readNextDue(sql: Sql, after: Instant, until: Instant): Promise<Instant | null> {
  const [row] = await sql.query<{ due_at: string }>(
    `select due_at from timers where due_at > (select $1::bigint) and due_at <= (select $2::bigint)
     order by due_at limit 1`,
    [after, until],
  );
  return row === undefined ? null : Number(row.due_at);
}

/** Those of these timers that are still there, in their order. Primary key. */
export async function stillArmed(sql: Sql, timers: readonly TimerRow[]): Promise<TimerRow[]> {
  const rows = await sql.query<{ instance_id: string; id: number }>(
    `select t.instance_id, t.id from unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     join timers t on t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    partArrays(timers),
  );
  const armed = new Set(rows.map(({ instance_id: instance, id }) => partKey({ instance, id })));
  return timers.filter((timer) => armed.has(partKey(timer)));
}
