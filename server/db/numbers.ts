/** Statements on `number_blocks`. Primary key. */
import type { Sql } from './sql.ts';

/** Takes so many consecutive numbers of a kind and gives the first; the first ever is `start`. */
async function takeNumbers(sql: Sql, kind: string, count: number, start: number): Promise<number> {
  const [row] = await sql.query<{ next: string }>(
    `insert into number_blocks as n (kind, next) values ($1, $2::bigint + $3::bigint)
     on conflict (kind) do update set next = n.next + $3::bigint
     returning next`,
    [kind, start, count],
  );
  if (row === undefined) throw new Error(`Expected a number of the kind ${kind}, but the database gave none.`);
  return Number(row.next) - count;
}

/** How many numbers a process takes at a time; those that it has left when it ends are never used. */
const BLOCK = 20;

/**
 * Hands out the numbers of a kind one by one, each once whatever becomes of it, so that callers do not wait for one row. Not
 * from inside a transaction: it takes a connection of its own, and a block must not be undone.
 */
export function numbersOf(sql: Sql, kind: string, start: number): () => Promise<number> {
  let next = 0;
  let end = 0;
  let coming: Promise<void> | null = null;
  const take = async (): Promise<void> => {
    try {
      next = await takeNumbers(sql, kind, BLOCK, start);
      end = next + BLOCK;
    } finally {
      coming = null;
    }
  };
  return async () => {
    while (next === end) await (coming ??= take());
    next += 1;
    return next - 1;
  };
}
