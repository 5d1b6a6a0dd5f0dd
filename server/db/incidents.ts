import type { IncidentKind, Instant } from '../../engine/instance.ts';
import { partArrays, placedArrays } from './part.ts';
import type { Part, Placed } from './part.ts';
import type { Sql } from './sql.ts';

/** An open incident. */
export interface IncidentRow extends Part {
  /** BPMN ids. */
  process: string;
  element: string;
  kind: IncidentKind;
  /** What was expected and what was found. */
  message: string;
  raisedAt: Instant;
}

export async function insertIncidents(tx: Sql, rows: readonly IncidentRow[]): Promise<void> {
  await tx.run(
    `insert into incidents (bucket, instance_id, id, process, element, kind, message, raised_at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])`,
    [
      ...partArrays(rows),
      rows.map((row) => row.process),
      rows.map((row) => row.element),
      rows.map((row) => row.kind),
      rows.map((row) => row.message),
      rows.map((row) => row.raisedAt),
    ],
  );
}

/** Puts incidents at other elements: their instance went over to another release. Primary key. */
export async function placeIncidents(tx: Sql, rows: readonly Placed[]): Promise<void> {
  await tx.run(
    `update incidents i set process = n.process, element = n.element
     from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[]) n (bucket, instance_id, id, process, element)
     where i.bucket = n.bucket and i.instance_id = n.instance_id and i.id = n.id`,
    placedArrays(rows),
  );
}

export async function deleteIncidents(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `delete from incidents i using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where i.bucket = n.bucket and i.instance_id = n.instance_id and i.id = n.id`,
    partArrays(parts),
  );
}
