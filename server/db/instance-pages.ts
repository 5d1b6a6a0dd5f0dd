/** Lists of instances for operators. Index instances_by_process: per process its first lines, merged. */
import type { Instant } from '../../engine/instance.ts';
import { bucketOfBusinessKey } from './instances.ts';
import { bucketOfKey } from './key.ts';
import type { Sql } from './sql.ts';

/** An instance as a line of a list. */
export interface InstanceLine {
  id: string;
  /** The release it is pinned to. */
  release: string;
  process: string;
  status: string;
  businessKey: string | null;
  startedAt: Instant;
  endedAt: Instant | null;
}

/** A page of a list. */
export interface InstancePage {
  lines: InstanceLine[];
  /** The list goes on before this key; null at its end. */
  before: string | null;
}

interface Row {
  id: string;
  release_id: string;
  process: string;
  status: string;
  business_key: string | null;
  started_at: string;
  ended_at: string | null;
}

const columns = 'i.id, i.release_id, i.process, i.status, i.business_key, i.started_at, i.ended_at';

function lineOf(row: Row): InstanceLine {
  return {
    id: row.id,
    release: row.release_id,
    process: row.process,
    status: row.status,
    businessKey: row.business_key,
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
  };
}

/** So many instances are looked at for one page when a status is wanted, which no index knows. */
const LOOKED = 10_000;

/** The processes of which there are instances, each found by one probe of the index. */
const processes = `recursive p (process) as (
  (select process from instances order by process limit 1)
  union all
  select (select i.process from instances i where i.process > p.process order by i.process limit 1)
  from p where p.process is not null)`;

/** The processes of which there are instances, in the order of their ids. */
export async function readStartedProcesses(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ process: string }>(
    `with ${processes} select process from p where process is not null order by process`,
  );
  return rows.map(({ process }) => process);
}

/**
 * Newest first, those of these processes that are older than `before`. What has no wanted status is passed over; a page
 * ends where enough was looked at, and may then be short, or even empty, with more to come.
 */
export async function readNewestInstances(
  sql: Sql,
  wanted: { processes: readonly string[]; status: string | null; before: string | null; limit: number },
): Promise<InstancePage> {
  const { status, limit } = wanted;
  const looked = status === null ? 0 : Math.floor(LOOKED / Math.max(1, wanted.processes.length));
  // What is older than the floor was not looked at in some process.
  const rows = await sql.query<Omit<Row, 'id'> & { id: string | null; floor: string }>(
    `with looked as materialized (
       select found.* from unnest($1::text[]) p (process) cross join lateral (
         select ${columns} from instances i where i.process = p.process and i.id < $2
         order by i.id desc limit $3) found),
     floor as (select coalesce(max(oldest), 0) as id from (
       select min(id) as oldest from looked group by process having count(*) = $3) cut)
     select floor.id as floor, fitting.* from floor left join lateral (
       select ${columns} from looked i where i.id >= floor.id and ($4::text is null or i.status = $4)
       order by i.id desc limit $5) fitting on true
     order by fitting.id desc`,
    [wanted.processes, wanted.before ?? '9223372036854775807', Math.max(looked, limit + 1), status, limit + 1],
  );
  const lines = rows.flatMap(({ id, ...row }) => (id === null ? [] : [lineOf({ id, ...row })]));
  const floor = rows[0]?.floor ?? '0';
  const last = lines.length > limit ? lines[limit - 1]?.id : undefined;
  return { lines: lines.slice(0, limit), before: last ?? (floor === '0' ? null : floor) };
}

/**
 * The newest with a business key, newest first; of one process and in one status, where that is wanted. Index
 * instances_by_business_key.
 */
export async function readInstancesOfBusinessKey(
  sql: Sql,
  businessKey: string,
  { process = null, status = null, limit }: { process?: string | null; status?: string | null; limit: number },
): Promise<InstanceLine[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from instances i where i.bucket = $1 and i.business_key = $2
       and ($3::text is null or i.process = $3) and ($4::text is null or i.status = $4)
     order by i.id desc limit $5`,
    [bucketOfBusinessKey(businessKey), businessKey, process, status, limit],
  );
  return rows.map(lineOf);
}

/** What a list says of a case beside its line. */
export interface CaseNote {
  /** Of a support request; null for any other process. */
  number: string | null;
  title: string | null;
  /** Open incidents. */
  incidents: number;
}

/** By the key of the instance; instances without ticket and incidents are left out. Primary keys. */
export async function readCaseNotes(sql: Sql, keys: readonly string[]): Promise<Map<string, CaseNote>> {
  const rows = await sql.query<CaseNote & { id: string }>(
    `select n.id, k.number, k.title, x.count as incidents
     from unnest($1::int[], $2::bigint[]) n (bucket, id)
     left join tickets k on k.bucket = n.bucket and k.instance_id = n.id
     cross join lateral (
       select count(*)::int as count from incidents i where i.bucket = n.bucket and i.instance_id = n.id) x
     where k.number is not null or x.count > 0`,
    [keys.map(bucketOfKey), keys],
  );
  return new Map(rows.map(({ id, ...note }) => [id, note]));
}

/** Keys in ascending order, from the one after `after` on; of one process, or of all (null). */
export async function readInstanceKeys(
  sql: Sql,
  process: string | null,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with ${processes}
     select found.id from p cross join lateral (
       select id from instances i where i.process = p.process and id > $2 order by id limit $3) found
     where $1::text is null or p.process = $1 order by id limit $3`,
    [process, after, limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * Keys in ascending order of the active instances of a process that are in one of these releases, from the one after
 * `after` on. Index instances_by_process; what has ended or is in another release is passed over.
 */
export async function readActiveKeysIn(
  sql: Sql,
  { process, releases }: { process: string; releases: readonly string[] },
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from instances where process = $1 and id > $2 and status = 'active' and release_id = any($3::bigint[])
     order by id limit $4`,
    [process, after, releases, limit],
  );
  return rows.map(({ id }) => id);
}
