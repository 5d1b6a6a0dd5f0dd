import type { Instant } from '../../engine/instance.ts';
import type { Sql } from './sql.ts';

/** A ticket that moved, and the time of the command that moved it. */
export interface MovedTicket {
  instance: string;
  number: string;
  requester: string;
  at: Instant;
}

/** Those that moved last, back to a moment. Index tickets_updated. */
export async function readMovedTickets(sql: Sql, since: Instant, limit: number): Promise<MovedTicket[]> {
  const rows = await sql.query<{ instance_id: string; number: string; requester: string; updated_at: string }>(
    `select instance_id, number, requester, updated_at from tickets where updated_at >= $1
     order by updated_at desc, instance_id desc limit $2`,
    [since, limit],
  );
  return rows.map((row) => ({
    instance: row.instance_id,
    number: row.number,
    requester: row.requester,
    at: Number(row.updated_at),
  }));
}
