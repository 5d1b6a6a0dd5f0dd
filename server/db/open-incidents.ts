import type { IncidentKind, Instant } from '../../engine/instance.ts';
import type { IncidentRow } from './incidents.ts';
import type { Part } from './part.ts';
import type { Sql } from './sql.ts';

/** Which open incidents; what is absent does not matter. */
export interface IncidentFilter {
  /** BPMN id of the process of the instance. */
  process?: string | undefined;
  /** BPMN id. */
  element?: string | undefined;
  kind?: IncidentKind | undefined;
}

/** Where a page ended. */
export interface IncidentPlace extends Part {
  raisedAt: Instant;
}

/** An open incident with the case that it stops. */
export interface OpenIncident extends IncidentRow {
  /** The release that the instance is pinned to. */
  release: string;
  /** Of the instance. */
  businessKey: string | null;
  /** Of a support request; null for any other process. */
  number: string | null;
  title: string | null;
}

/** Open incidents of one process, element and kind. */
export interface IncidentGroup {
  process: string;
  element: string;
  kind: IncidentKind;
  count: number;
  /** When the oldest was raised. */
  since: Instant;
}

const matching = `($1::text is null or i.process = $1) and ($2::text is null or i.element = $2)
  and ($3::text is null or i.kind = $3)`;
const parametersOf = ({ process, element, kind }: IncidentFilter) =>
  [process ?? null, element ?? null, kind ?? null] as const;

/** A page of the open incidents, oldest first. Index incidents_by_time. */
export async function selectOpenIncidents(
  sql: Sql,
  filter: IncidentFilter,
  limit: number,
  after: IncidentPlace | null,
): Promise<OpenIncident[]> {
  const rows = await sql.query<{
    instance_id: string;
    id: number;
    process: string;
    element: string;
    kind: IncidentKind;
    message: string;
    raised_at: string;
    release_id: string;
    business_key: string | null;
    number: string | null;
    title: string | null;
  }>(
    `select i.instance_id, i.id, i.process, i.element, i.kind, i.message, i.raised_at, n.release_id, n.business_key,
       k.number, k.title
     from incidents i
     join instances n on n.bucket = i.bucket and n.id = i.instance_id
     left join tickets k on k.bucket = i.bucket and k.instance_id = i.instance_id
     where ${matching} and (i.raised_at, i.instance_id, i.id) > ($4::bigint, $5::bigint, $6::int)
     order by i.raised_at, i.instance_id, i.id limit $7`,
    [...parametersOf(filter), after?.raisedAt ?? 0, after?.instance ?? '0', after?.id ?? 0, limit],
  );
  return rows.map(({ instance_id: instance, raised_at: raisedAt, release_id: release, business_key, ...row }) => ({
    ...row,
    instance,
    release,
    businessKey: business_key,
    raisedAt: Number(raisedAt),
  }));
}

/** The oldest open incidents, by their names only. Index incidents_by_time. */
export async function selectIncidentParts(sql: Sql, filter: IncidentFilter, limit: number): Promise<Part[]> {
  const rows = await sql.query<{ instance_id: string; id: number }>(
    `select i.instance_id, i.id from incidents i where ${matching}
     order by i.raised_at, i.instance_id, i.id limit $4`,
    [...parametersOf(filter), limit],
  );
  return rows.map(({ instance_id: instance, id }) => ({ instance, id }));
}

/** How many there are of each process, element and kind, among the `most` oldest; the largest first. Index incidents_by_time. */
export async function selectIncidentGroups(sql: Sql, most: number): Promise<IncidentGroup[]> {
  const rows = await sql.query<Omit<IncidentGroup, 'since'> & { since: string }>(
    `select process, element, kind, count(*)::int as count, min(raised_at) as since
     from (select process, element, kind, raised_at from incidents order by raised_at, instance_id, id limit $1) oldest
     group by process, element, kind order by count desc, process, element, kind`,
    [most],
  );
  return rows.map(({ since, ...row }) => ({ ...row, since: Number(since) }));
}

/** How many there are, counted up to the limit. Primary key. */
export async function countIncidents(sql: Sql, limit: number): Promise<number> {
  const [row] = await sql.query<{ count: string }>(
    'select count(*) as count from (select 1 from incidents limit $1) found',
    [limit],
  );
  return Number(row?.count ?? 0);
}
