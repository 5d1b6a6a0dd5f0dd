import type { Instant } from '../../engine/instance.ts';
import { bucketOfKey } from './key.ts';
import { partArrays, placedArrays } from './part.ts';
import type { Part, Placed } from './part.ts';
import type { Sql } from './sql.ts';
import { NEVER } from './ticket.ts';

/** An open user task. */
export interface TaskRow extends Part {
  /** BPMN ids. */
  process: string;
  element: string;
  /** First candidate group. */
  group: string | null;
  assignee: string | null;
  dueAt: Instant | null;
  followUpAt: Instant | null;
  /** 0..100. */
  priority: number;
  form: string | null;
  createdAt: Instant;
}

/** A candidate beyond the first group. */
export interface CandidateRow extends Part {
  kind: 'group' | 'user';
  candidate: string;
  dueAt: Instant | null;
}

export async function insertTasks(tx: Sql, rows: readonly TaskRow[]): Promise<void> {
  await tx.run(
    `insert into tasks (bucket, instance_id, id, process, element, group_id, assignee, due_at, follow_up_at, priority, form, created_at, next_due_at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
       $9::bigint[], $10::int[], $11::text[], $12::bigint[], $13::bigint[])`,
    [
      ...partArrays(rows),
      rows.map((row) => row.process),
      rows.map((row) => row.element),
      rows.map((row) => row.group),
      rows.map((row) => row.assignee),
      rows.map((row) => row.dueAt),
      rows.map((row) => row.followUpAt),
      rows.map((row) => row.priority),
      rows.map((row) => row.form),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.dueAt ?? NEVER),
    ],
  );
}

export async function insertCandidates(tx: Sql, rows: readonly CandidateRow[]): Promise<void> {
  await tx.run(
    `insert into task_candidates (bucket, instance_id, task_id, kind, candidate, next_due_at)
     select * from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::bigint[]) on conflict do nothing`,
    [
      ...partArrays(rows),
      rows.map((row) => row.kind),
      rows.map((row) => row.candidate),
      rows.map((row) => row.dueAt ?? NEVER),
    ],
  );
}

export async function assignTasks(tx: Sql, rows: readonly (Part & { assignee: string | null })[]): Promise<void> {
  await tx.run(
    `update tasks t set assignee = n.assignee from unnest($1::int[], $2::bigint[], $3::int[], $4::text[]) n (bucket, instance_id, id, assignee)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    [...partArrays(rows), rows.map((row) => row.assignee)],
  );
}

/** What an update of an open task changes; what is absent stays. */
export interface TaskChange extends Part {
  group?: string | null;
  dueAt?: Instant | null;
  followUpAt?: Instant | null;
  priority?: number;
  form?: string | null;
}

/** The due date alone places a task in the inbox; that of a ticket is placed again by `rankTasks`. */
export async function updateTasks(tx: Sql, rows: readonly TaskChange[]): Promise<void> {
  await tx.run(
    `update tasks t set group_id = case when n.regroup then n.group_id else t.group_id end,
       due_at = case when n.redate then n.due_at else t.due_at end,
       next_due_at = case when n.redate then coalesce(n.due_at, ${NEVER}) else t.next_due_at end,
       follow_up_at = case when n.refollow then n.follow_up_at else t.follow_up_at end,
       priority = coalesce(n.priority, t.priority), form = case when n.reform then n.form else t.form end
     from unnest($1::int[], $2::bigint[], $3::int[], $4::bool[], $5::text[], $6::bool[], $7::bigint[], $8::bool[], $9::bigint[],
       $10::int[], $11::bool[], $12::text[])
       n (bucket, instance_id, id, regroup, group_id, redate, due_at, refollow, follow_up_at, priority, reform, form)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    [
      ...partArrays(rows),
      rows.map((row) => row.group !== undefined),
      rows.map((row) => row.group ?? null),
      rows.map((row) => row.dueAt !== undefined),
      rows.map((row) => row.dueAt ?? null),
      rows.map((row) => row.followUpAt !== undefined),
      rows.map((row) => row.followUpAt ?? null),
      rows.map((row) => row.priority ?? null),
      rows.map((row) => row.form !== undefined),
      rows.map((row) => row.form ?? null),
    ],
  );
}

/** Gives the candidates of tasks the place in the inbox that their task has. */
export async function rankCandidates(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `update task_candidates c set next_due_at = t.next_due_at
     from unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
       join tasks t on t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id
     where c.bucket = n.bucket and c.instance_id = n.instance_id and c.task_id = n.id`,
    partArrays(parts),
  );
}

/** Puts tasks at other elements: their instance went over to another release. Primary key. */
export async function placeTasks(tx: Sql, rows: readonly Placed[]): Promise<void> {
  await tx.run(
    `update tasks t set process = n.process, element = n.element
     from unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::text[]) n (bucket, instance_id, id, process, element)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    placedArrays(rows),
  );
}

export async function deleteTasks(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `delete from tasks t using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where t.bucket = n.bucket and t.instance_id = n.instance_id and t.id = n.id`,
    partArrays(parts),
  );
}

export async function deleteCandidates(tx: Sql, parts: readonly Part[]): Promise<void> {
  await tx.run(
    `delete from task_candidates c using unnest($1::int[], $2::bigint[], $3::int[]) n (bucket, instance_id, id)
     where c.bucket = n.bucket and c.instance_id = n.instance_id and c.task_id = n.id`,
    partArrays(parts),
  );
}

interface StoredTask {
  instance_id: string;
  id: number;
  process: string;
  element: string;
  group_id: string | null;
  assignee: string | null;
  due_at: string | null;
  follow_up_at: string | null;
  priority: number;
  form: string | null;
  created_at: string;
}

const columns =
  't.instance_id, t.id, t.process, t.element, t.group_id, t.assignee, t.due_at, t.follow_up_at, t.priority, t.form, t.created_at';

function fromStored(row: StoredTask): TaskRow {
  return {
    instance: row.instance_id,
    id: row.id,
    process: row.process,
    element: row.element,
    group: row.group_id,
    assignee: row.assignee,
    dueAt: instant(row.due_at),
    followUpAt: instant(row.follow_up_at),
    priority: row.priority,
    form: row.form,
    createdAt: Number(row.created_at),
  };
}

function instant(text: string | null): Instant | null {
  return text === null ? null : Number(text);
}

/** One open task, or null. */
export async function readTask(sql: Sql, { instance, id }: Part): Promise<TaskRow | null> {
  const [row] = await sql.query<StoredTask>(
    `select ${columns} from tasks t where t.bucket = $1 and t.instance_id = $2 and t.id = $3`,
    [bucketOfKey(instance), instance, id],
  );
  return row === undefined ? null : fromStored(row);
}

/** The open tasks of one instance, oldest first. */
export async function readTasksOf(sql: Sql, instance: string): Promise<TaskRow[]> {
  const rows = await sql.query<StoredTask>(
    `select ${columns} from tasks t where t.bucket = $1 and t.instance_id = $2 order by t.id`,
    [bucketOfKey(instance), instance],
  );
  return rows.map(fromStored);
}
