/** Statements on `ticket_notes`: the conversation of a ticket. */
import type { TicketNote } from './ticket.ts';
import { bucketOfKey } from './key.ts';
import type { Sql } from './sql.ts';

/** A note of an instance. */
export interface NewTicketNote extends TicketNote {
  instanceId: string;
}

/** Writes the notes of a batch; one that is there already stays. */
export async function insertNotes(tx: Sql, notes: readonly NewTicketNote[]): Promise<void> {
  if (notes.length === 0) return;
  const given = notes.map(({ instanceId, text, to, ...note }) => ({
    ...note,
    bucket: bucketOfKey(instanceId),
    instance_id: instanceId,
    body: text,
    told: to,
  }));
  await tx.run(
    `insert into ticket_notes (bucket, instance_id, id, at, actor, audience, body, told)
     select bucket, instance_id, id, at, actor, audience, body, told
     from json_to_recordset($1::json) as given (bucket int, instance_id bigint, id int, at bigint, actor text,
       audience text, body text, told text[])
     on conflict (bucket, instance_id, id) do nothing`,
    [JSON.stringify(given)],
  );
}

/** The notes of an instance, oldest first. Primary key. */
export async function selectNotes(sql: Sql, instanceId: string): Promise<TicketNote[]> {
  const rows = await sql.query<{
    id: number;
    at: string;
    actor: string;
    audience: TicketNote['audience'];
    body: string;
    told: string[];
  }>(
    `select id, at, actor, audience, body, told from ticket_notes
     where bucket = $1 and instance_id = $2 order by id`,
    [bucketOfKey(instanceId), instanceId],
  );
  return rows.map(({ at, body, told, ...row }) => ({ ...row, at: Number(at), text: body, to: told }));
}
