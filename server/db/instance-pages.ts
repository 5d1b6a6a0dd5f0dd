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

/** So many processes are looked for at once. */
const STEPS = 16;
/** Each finds the process after that of the step before by one probe of the index; Citus refuses a recursive query. */
const steps = Array.from(
  { length: STEPS },
  (_, step) => `p${step} as (
    select process from instances where process > ${step === 0 ? '$1' : `(select process from p${step - 1})`}
    order by process limit 1)`,
);
const all = steps.map((_, step) => `select process from p${step}`);

/** The processes of which there are instances, in the order of their ids. */
export async function readStartedProcesses(sql: Sql): Promise<string[]> {
  const found: string[] = [];
  for (let last: string | undefined = ''; last !== undefined;) {
    const rows: { process: string }[] = await sql.query(
      `with ${steps.join(', ')} ${all.join(' union all ')} order by process`,
      [last],
    );
    found.push(...rows.map(({ process }) => process));
    last = rows[STEPS - 1]?.process;
  }
  return found;
}

// Each process has a branch of its own, read only as far as the limit goes; Citus refuses a limit in a lateral subquery.

/**
 * Newest first, those of these processes that are older than `before`. What has no wanted status is passed over; a page
 * ends where enough was looked at, and may then be short, or even empty, with more to come.
 */
export async function readNewestInstances(
  sql: Sql,
  wanted: { processes: readonly string[]; status: string | null; before: string | null; limit: number },
): Promise<InstancePage> {
  const { processes, status, limit } = wanted;
  if (processes.length === 0) return { lines: [], before: null };
  const before = wanted.before ?? '9223372036854775807';
  const branches = processes.map(
    (_, index) =>
      `(select ${columns} from instances i where i.process = $${3 + index} and i.id < $1 order by i.id desc limit $2)`,
  );
  if (status === null) {
    const rows = await sql.query<Row>(
      `select ${columns} from (${branches.join(' union all ')}) i order by i.id desc limit $2`,
      [before, limit + 1, ...processes],
    );
    return pageOf(rows.map(lineOf), limit, null);
  }
  const looked = Math.max(Math.floor(LOOKED / processes.length), limit + 1);
  // What is older than the floor was not looked at in some process.
  const rows = await sql.query<Omit<Row, 'id'> & { id: string | null; floor: string }>(
    `with looked as materialized (${branches.join(' union all ')}),
     floor as (select coalesce(max(oldest), 0) as id from (
       select min(id) as oldest from looked group by process having count(*) = $2) cut)
     select floor.id as floor, fitting.* from floor left join (
       select ${columns} from looked i where i.id >= (select id from floor) and i.status = $${3 + processes.length}
       order by i.id desc limit $${4 + processes.length}) fitting on true
     order by fitting.id desc`,
    [before, looked, ...processes, status, limit + 1],
  );
  const lines = rows.flatMap(({ id, ...row }) => (id === null ? [] : [lineOf({ id, ...row })]));
  const floor = rows[0]?.floor ?? '0';
  return pageOf(lines, limit, floor === '0' ? null : floor);
}

/** @param floor what is older was not looked at; null when everything was */
function pageOf(lines: readonly InstanceLine[], limit: number, floor: string | null): InstancePage {
  const last = lines.length > limit ? lines[limit - 1]?.id : undefined;
  return { lines: lines.slice(0, limit), before: last ?? floor };
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
  const processes = process === null ? await readStartedProcesses(sql) : [process];
  if (processes.length === 0) return [];
  const branches = processes.map(
    (_, index) => `(select id from instances where process = $${3 + index} and id > $1 order by id limit $2)`,
  );
  const rows = await sql.query<{ id: string }>(
    `select id from (${branches.join(' union all ')}) found order by id limit $2`,
    [after, limit, ...processes],
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
