/** What the inbox reads: open tasks with their tickets, by what breaches next. */
import type { Instant } from '../../engine/instance.ts';
import type { TicketClock } from './ticket.ts';
import { bucketOfKey, formatPart } from './key.ts';
import type { Sql } from './sql.ts';

/** Later than every instant: tasks without a clock come last. */
const never = 8_640_000_000_000_000;

/** An open task as a line of the inbox. */
export interface InboxTask {
  /** As named outside: instance key and counter in six digits. */
  key: string;
  instanceId: string;
  id: number;
  release: string;
  process: string;
  element: string;
  group: string | null;
  /** Login; null while it is offered. */
  assignee: string | null;
  /** The next breach or due date by which the list is sorted; null without any. */
  due: Instant | null;
  /** The task's own due date, from the diagram. */
  dueAt: Instant | null;
  createdAt: Instant;
  /** Of the ticket; null when the process is no support request. */
  ticket: { number: string; title: string; priority: string; clocks: TicketClock[]; updatedAt: Instant } | null;
}

/** Where the page before ended. */
export interface InboxCursor {
  due: Instant;
  instanceId: string;
  id: number;
}

/** The part of a list that is wanted. */
export interface InboxPage {
  after: InboxCursor | null;
  limit: number;
  /** A tsquery (see desk/search-text.ts); null = everything. */
  search: string | null;
}

interface Row {
  instance_id: string;
  id: number;
  release_id: string;
  process: string;
  element: string;
  group_id: string | null;
  assignee: string | null;
  due: string;
  due_at: string | null;
  created_at: string;
  number: string | null;
  title: string;
  priority: string;
  clocks: string;
  updated_at: string;
}

function taskOf(row: Row): InboxTask {
  const due = Number(row.due);
  return {
    key: formatPart(row.instance_id, row.id),
    instanceId: row.instance_id,
    id: row.id,
    release: row.release_id,
    process: row.process,
    element: row.element,
    group: row.group_id,
    assignee: row.assignee,
    due: due >= never ? null : due,
    dueAt: row.due_at === null ? null : Number(row.due_at),
    createdAt: Number(row.created_at),
    ticket:
      row.number === null
        ? null
        : {
            number: row.number,
            title: row.title,
            priority: row.priority,
            clocks: JSON.parse(row.clocks) as TicketClock[],
            updatedAt: Number(row.updated_at),
          },
  };
}

/** The cursor that continues after this task. */
export function cursorAfter(task: InboxTask): InboxCursor {
  return { due: task.due ?? never, instanceId: task.instanceId, id: task.id };
}

const columns = `t.instance_id, t.id, i.release_id, t.process, t.element, t.group_id, t.assignee,
  least(coalesce(t.due_at, ${never}), coalesce(k.due_at, ${never})) as due, t.due_at, t.created_at,
  k.number, k.title, k.priority, k.clocks, k.updated_at`;
const joined = `tasks t
  join instances i on i.bucket = t.bucket and i.id = t.instance_id
  left join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id`;
const order = 'order by due, instance_id, id limit $1';
/** $1 limit, $2 to $4 cursor, $5 search. */
const page = `($5::text is null or k.words @@ $5::tsquery)
  and (least(coalesce(t.due_at, ${never}), coalesce(k.due_at, ${never})), t.instance_id, t.id)
    > ($2::bigint, $3::bigint, $4::int)`;

const pageParameters = ({ after, limit, search }: InboxPage) =>
  [limit, after?.due ?? -never, after?.instanceId ?? '0', after?.id ?? 0, search] as const;

/** What this person has taken. Index tasks_of_assignee. */
export async function selectOwnTasks(sql: Sql, login: string, wanted: InboxPage): Promise<InboxTask[]> {
  const rows = await sql.query<Row>(`select ${columns} from ${joined} where t.assignee = $6 and ${page} ${order}`, [
    ...pageParameters(wanted),
    login,
  ]);
  return rows.map(taskOf);
}

/**
 * What is offered to these groups, or to the person by name, and taken by nobody: per group its first lines, merged.
 * Indexes tasks_of_group and task_candidates_by_candidate.
 */
export async function selectOfferedTasks(
  sql: Sql,
  login: string,
  groups: readonly string[],
  wanted: InboxPage,
): Promise<InboxTask[]> {
  const further = (kind: string, candidate: string) => `select t.* from task_candidates c
      join tasks t on t.bucket = c.bucket and t.instance_id = c.instance_id and t.id = c.task_id
      where c.kind = '${kind}' and c.candidate = ${candidate} and t.assignee is null`;
  const lines = (tasks: string) => `select ${columns} from (${tasks}) t
      join instances i on i.bucket = t.bucket and i.id = t.instance_id
      left join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id
      where ${page} ${order}`;
  const rows = await sql.query<Row>(
    `select * from (
       select o.* from unnest($6::text[]) as g (id) cross join lateral (
         ${lines('select * from tasks where group_id = g.id and assignee is null')}) o
       union
       select o.* from unnest($6::text[]) as g (id) cross join lateral (${lines(further('group', 'g.id'))}) o
       union
       select o.* from (${lines(further('user', '$7'))}) o
     ) offered ${order}`,
    [...pageParameters(wanted), groups, login],
  );
  return rows.map(taskOf);
}

/** How many tasks this person has taken, at most `most`. Index tasks_of_assignee. */
export async function countOwnTasks(sql: Sql, login: string, most: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from (select 1 from tasks where assignee = $1 limit $2) counted',
    [login, most],
  );
  return row?.count ?? 0;
}

/** How many untaken tasks each group has, at most `most` each; groups without any are left out. Index tasks_of_group. */
export async function countOfferedTasks(
  sql: Sql,
  groups: readonly string[],
  most: number,
): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; count: number }>(
    `select g.id, o.count from unnest($1::text[]) as g (id) cross join lateral (
       select count(*)::int as count from (
         select 1 from tasks where group_id = g.id and assignee is null limit $2) counted) o
     where o.count > 0`,
    [groups, most],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Those of these tasks that are still open, of these groups or of this person; in no order. Primary key. */
export async function selectShownTasks(
  sql: Sql,
  login: string,
  groups: readonly string[],
  parts: readonly { instance: string; id: number }[],
): Promise<InboxTask[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from unnest($1::int[], $2::bigint[], $3::int[]) as p (bucket, instance_id, id)
     join tasks t on t.bucket = p.bucket and t.instance_id = p.instance_id and t.id = p.id
     join instances i on i.bucket = t.bucket and i.id = t.instance_id
     left join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id
     where t.group_id = any ($4::text[]) or t.assignee = $5`,
    [
      parts.map(({ instance }) => bucketOfKey(instance)),
      parts.map(({ instance }) => instance),
      parts.map(({ id }) => id),
      groups,
      login,
    ],
  );
  return rows.map(taskOf);
}
