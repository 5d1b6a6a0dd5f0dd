/** Pages of open incidents, oldest first. Index incidents_by_time. */
import type { IncidentKind } from '../../engine/instance.ts';
import type { IncidentRow } from './incidents.ts';
import type { Sql } from './sql.ts';

/** Where the page before ended. */
export type IncidentCursor = Pick<IncidentRow, 'raisedAt' | 'instance' | 'id'>;

/** What comes after the cursor and was raised at `until` or before. */
export async function readIncidentsAfter(
  sql: Sql,
  after: IncidentCursor,
  until: number,
  limit: number,
): Promise<IncidentRow[]> {
  const rows = await sql.query<{
    instance_id: string;
    id: number;
    process: string;
    element: string;
    kind: IncidentKind;
    message: string;
    raised_at: string;
  }>(
    `select instance_id, id, process, element, kind, message, raised_at from incidents
     where (raised_at, instance_id, id) > ($1::bigint, $2::bigint, $3::int) and raised_at <= $4
     order by raised_at, instance_id, id limit $5`,
    [after.raisedAt, after.instance, after.id, until, limit],
  );
  return rows.map(({ instance_id: instance, raised_at: raisedAt, ...row }) => ({
    ...row,
    instance,
    raisedAt: Number(raisedAt),
  }));
}
