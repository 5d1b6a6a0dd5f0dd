import type { Instant } from '../../engine/index.ts';
import type { Sql } from './sql.ts';

/** A timer start event of the newest release. */
export interface StartTimer {
  /** BPMN ids. */
  process: string;
  element: string;
  dueAt: Instant;
  /** ISO 8601 period of a cycle; null = once. */
  every: string | null;
  /** Starts left after the next one; null = no end. */
  remaining: number | null;
}

/** Replaces the timers of the processes by these. */
export async function replaceStartTimers(
  tx: Sql,
  processes: readonly string[],
  timers: readonly StartTimer[],
): Promise<void> {
  await tx.run('delete from start_timers where process = any($1::text[])', [processes]);
  await tx.run(
    `insert into start_timers (process, element, due_at, every, remaining)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[])`,
    [
      timers.map((it) => it.process),
      timers.map((it) => it.element),
      timers.map((it) => it.dueAt),
      timers.map((it) => it.every),
      timers.map((it) => it.remaining),
    ],
  );
}

/** What is due, first due first. */
export async function readDueStartTimers(sql: Sql, now: Instant, limit: number): Promise<StartTimer[]> {
  const rows = await sql.query<{
    process: string;
    element: string;
    due_at: string;
    every: string | null;
    remaining: number | null;
  }>(
    `select process, element, due_at, every, remaining from start_timers where due_at <= $1
     order by due_at, process, element limit $2`,
    [now, limit],
  );
  return rows.map(({ due_at: dueAt, ...row }) => ({ ...row, dueAt: Number(dueAt) }));
}

/** The next due time, or null. */
export async function readNextStart(sql: Sql): Promise<Instant | null> {
  const [row] = await sql.query<{ due_at: string }>('select due_at from start_timers order by due_at limit 1');
  return row === undefined ? null : Number(row.due_at);
}

/** Moves a timer on to its next time (null = it is done); false when somebody else did so first. */
export async function advanceStartTimer(
  tx: Sql,
  timer: StartTimer,
  next: { dueAt: Instant; remaining: number | null } | null,
): Promise<boolean> {
  const at = [timer.process, timer.element, timer.dueAt] as const;
  const changed =
    next === null
      ? await tx.run('delete from start_timers where process = $1 and element = $2 and due_at = $3', at)
      : await tx.run(
          'update start_timers set due_at = $4, remaining = $5 where process = $1 and element = $2 and due_at = $3',
          [...at, next.dueAt, next.remaining],
        );
  return changed === 1;
}
