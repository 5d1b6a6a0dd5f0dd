/** Searches for open jobs. Those of one instance: primary key; of one type: jobs_by_due. */
import type { Database } from './database.ts';
import type { JobRow } from './jobs.ts';
import { bucketOfKey } from './key.ts';
import type { Part } from './part.ts';
import { pinnedTo } from './pinned.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';
import type { Sql } from './sql.ts';

/** An open job and who has it. */
export interface LeasedJobRow extends JobRow {
  leaseOwner: string | null;
  leaseUntil: number | null;
}

interface Row {
  instance_id: string;
  id: number;
  process: string;
  element: string;
  type: string;
  headers: string;
  retries: number;
  due_at: string | null;
  attempts: number;
  created_at: string;
  lease_owner: string | null;
  lease_until: string | null;
}

const columns = `j.instance_id, j.id, j.process, j.element, j.type, j.headers, j.retries, j.due_at, j.attempts, j.created_at,
  j.lease_owner, j.lease_until`;

const instant = (text: string | null): number | null => (text === null ? null : Number(text));

function jobOf(row: Row): LeasedJobRow {
  return {
    instance: row.instance_id,
    id: row.id,
    process: row.process,
    element: row.element,
    type: row.type,
    headers: JSON.parse(row.headers) as Record<string, string>, // Written as such.
    retries: row.retries,
    dueAt: instant(row.due_at),
    attempts: row.attempts,
    createdAt: Number(row.created_at),
    leaseOwner: row.lease_owner,
    leaseUntil: instant(row.lease_until),
  };
}

const part = { kind: 'part', bucket: 'j.bucket', instance: 'j.instance_id', id: 'j.id' } as const;

const table: SearchTable = {
  select: columns,
  from: `jobs j ${pinnedTo('j')}`,
  columns: {
    jobKey: part,
    type: { kind: 'text', sql: 'j.type' },
    elementId: { kind: 'text', sql: 'j.element' },
    processDefinitionId: { kind: 'text', sql: 'j.process' },
    processDefinitionKey: { kind: 'key', sql: 'd.key' },
    processInstanceKey: { kind: 'key', sql: 'j.instance_id', bucket: 'j.bucket' },
    state: { kind: 'text', sql: `case when j.attempts > 0 and j.lease_owner is null then 'FAILED' else 'CREATED' end` },
    hasFailedWithRetriesLeft: {
      kind: 'boolean',
      sql: '(j.attempts > 0 and j.lease_owner is null and j.due_at is not null)',
    },
    retries: { kind: 'integer', sql: 'j.retries' },
    worker: { kind: 'text', sql: `coalesce(j.lease_owner, '')` },
    deadline: { kind: 'instant', sql: 'j.lease_until', nullable: true },
    tenantId: { kind: 'text', sql: `'<default>'::text` },
  },
  unique: ['jobKey'],
};

/** Searches open jobs by the fields of `table`. */
export async function searchJobs(db: Pick<Database, 'knex'>, search: Search): Promise<Found<LeasedJobRow>> {
  const found = await searchTable<Row>(db, table, search);
  return { ...found, rows: found.rows.map(jobOf) };
}

/** The open jobs of one instance. Primary key. */
export async function readJobsOf(sql: Sql, instance: string): Promise<LeasedJobRow[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from jobs j where j.bucket = $1 and j.instance_id = $2 order by j.id`,
    [bucketOfKey(instance), instance],
  );
  return rows.map(jobOf);
}

/** One open job, or null. Primary key. */
export async function readJob(sql: Sql, { instance, id }: Part): Promise<LeasedJobRow | null> {
  const [row] = await sql.query<Row>(
    `select ${columns} from jobs j where j.bucket = $1 and j.instance_id = $2 and j.id = $3`,
    [bucketOfKey(instance), instance, id],
  );
  return row === undefined ? null : jobOf(row);
}
