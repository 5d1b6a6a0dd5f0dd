/** Statements on `number_blocks`. */
import type { Sql } from './sql.ts';

/** Takes so many consecutive numbers of a kind and gives the first; the first ever is `start`. */
export async function takeNumbers(sql: Sql, kind: string, count: number, start: number): Promise<number> {
  const [row] = await sql.query<{ next: string }>(
    `insert into number_blocks as n (kind, next) values ($1, $2::bigint + $3::bigint)
     on conflict (kind) do update set next = n.next + $3::bigint
     returning next`,
    [kind, start, count],
  );
  if (row === undefined) throw new Error(`Expected a number of the kind ${kind}, but the database gave none.`);
  return Number(row.next) - count;
}
