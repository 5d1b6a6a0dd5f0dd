/** Statements on `number_counters`. */
import { bucketOf } from './key.ts';
import type { Sql } from './sql.ts';

/** Takes so many consecutive numbers of a kind and gives the first; the first ever is `start`. */
export async function takeNumbers(sql: Sql, kind: string, count: number, start: number): Promise<number> {
  const [row] = await sql.query<{ next: string }>(
    `insert into number_counters as n (bucket, kind, next) values ($1, $2, $3::bigint + $4::bigint)
     on conflict (bucket, kind) do update set next = n.next + $4::bigint
     returning next`,
    [bucketOf('number', kind), kind, start, count],
  );
  if (row === undefined) throw new Error(`Expected a number of the kind ${kind}, but the database gave none.`);
  return Number(row.next) - count;
}
