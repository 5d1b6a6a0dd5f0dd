import type { Instant, Repeat } from '../../engine/index.ts';
import type { Sql } from './sql.ts';

/** A timer start event of the newest release. */
export interface StartTimer {
  /** BPMN ids. */
  process: string;
  element: string;
  /** Which event definition of the start event, from 0. */
  definition: number;
  dueAt: Instant;
  /** How it goes on; null = once. */
  repeat: Repeat | null;
}

/** Replaces the timers of the processes by these. */
export async function replaceStartTimers(
  tx: Sql,
  processes: readonly string[],
  timers: readonly StartTimer[],
): Promise<void> {
  await tx.run('delete from start_timers where process = any($1::text[])', [processes]);
  await tx.run(
    `insert into start_timers (process, element, definition, due_at, repeat)
     select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::jsonb[])`,
    [
      timers.map((it) => it.process),
      timers.map((it) => it.element),
      timers.map((it) => it.definition),
      timers.map((it) => it.dueAt),
      timers.map((it) => it.repeat && JSON.stringify(it.repeat)),
    ],
  );
}

/** What is due, first due first. */
export async function readDueStartTimers(sql: Sql, now: Instant, limit: number): Promise<StartTimer[]> {
  const rows = await sql.query<{
    process: string;
    element: string;
    definition: number;
    due_at: string;
    repeat: Repeat | null;
  }>(
    `select process, element, definition, due_at, repeat from start_timers where due_at <= $1
     order by due_at, process, element, definition limit $2`,
    [now, limit],
  );
  return rows.map(({ due_at: dueAt, ...row }) => ({ ...row, dueAt: Number(dueAt) }));
}

/** The next due time, or null. */
export async function readNextStart(sql: Sql): Promise<Instant | null> {
  const [row] = await sql.query<{ due_at: string }>('select due_at from start_timers order by due_at limit 1');
  return row === undefined ? null : Number(row.due_at);
}

/** Moves a timer on to its next time (null = it is done); gives 1, 0 when somebody else did so first. */
export async function advanceStartTimer(
  sql: Sql,
  timer: StartTimer,
  next: Pick<StartTimer, 'dueAt' | 'repeat'> | null,
): Promise<number> {
  const at = [timer.process, timer.element, timer.definition, timer.dueAt] as const;
  const which = 'where process = $1 and element = $2 and definition = $3 and due_at = $4';
  if (next === null) return sql.run(`delete from start_timers ${which}`, at);
  return sql.run(`update start_timers set due_at = $5, repeat = $6::jsonb ${which}`, [
    ...at,
    next.dueAt,
    next.repeat && JSON.stringify(next.repeat),
  ]);
}
