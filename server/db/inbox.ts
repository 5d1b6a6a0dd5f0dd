/** What the inbox reads: open tasks with their tickets, by what breaches next. */
import type { Instant } from '../../engine/instance.ts';
import { NEVER } from './ticket.ts';
import type { TicketClock } from './ticket.ts';
import { bucketOfKey, formatPart } from './key.ts';
import type { Sql } from './sql.ts';

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
  /** What the case is about, from outside. */
  businessKey: string | null;
  /** Of the ticket; null when the process is no support request. */
  ticket: { number: string; title: string; priority: string; clocks: TicketClock[]; updatedAt: Instant } | null;
}

/** Where the page before ended. */
export interface InboxCursor {
  due: Instant;
  instanceId: string;
  id: number;
}

/** How many lines a list shows at once. */
export const PAGE_SIZE = 50;

/** The part of a list that is wanted. */
export interface InboxPage {
  after: InboxCursor | null;
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
  business_key: string | null;
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
    due: due >= NEVER ? null : due,
    dueAt: row.due_at === null ? null : Number(row.due_at),
    createdAt: Number(row.created_at),
    businessKey: row.business_key,
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
  return { due: task.due ?? NEVER, instanceId: task.instanceId, id: task.id };
}

const columns = `t.instance_id, t.id, i.release_id, i.business_key, t.process, t.element, t.group_id, t.assignee,
  t.next_due_at as due, t.due_at, t.created_at, k.number, k.title, k.priority, k.clocks, k.updated_at`;
const joined = `join instances i on i.bucket = t.bucket and i.id = t.instance_id
  left join tickets k on k.bucket = t.bucket and k.instance_id = t.instance_id`;

/** $1 to $3 cursor. A page is found in indexes alone (the bucket is in the key); only its own lines are looked up. */
const beyond = '(t.next_due_at, t.instance_id, t.id) > ($1::bigint, $2::bigint, $3::int)';
const order = 'order by t.next_due_at, t.instance_id, t.id';

/** The first lines of the tasks that are meant. */
const found = (which: string, words: string): string =>
  `(select t.next_due_at, t.instance_id, t.id from tasks t where ${which} and ${beyond} ${words} ${order} limit ${PAGE_SIZE})`;

/** The same of candidates beyond the first group. */
const foundFurther = (which: string, words: string): string =>
  `(select c.next_due_at, c.instance_id, c.task_id as id from task_candidates c
    join tasks t on t.bucket = c.bucket and t.instance_id = c.instance_id and t.id = c.task_id and t.assignee is null
    where ${which} and (c.next_due_at, c.instance_id, c.task_id) > ($1::bigint, $2::bigint, $3::int) ${words}
    order by c.next_due_at, c.instance_id, c.task_id limit ${PAGE_SIZE})`;

/** The lines of a page that is in order: they stay in it. */
const lines = (page: string): string => `select ${columns} from (${page}) p
  join tasks t on t.bucket = (p.instance_id & 4095)::int and t.instance_id = p.instance_id and t.id = p.id
  ${joined} order by p.next_due_at, p.instance_id, p.id`;

/** Only those whose ticket has the words, where words are looked for. */
function searched({ search }: InboxPage, parameter: number): { words: string; parameters: string[] } {
  if (search === null) return { words: '', parameters: [] };
  const words = `and exists (select 1 from tickets k
    where k.bucket = t.bucket and k.instance_id = t.instance_id and k.words @@ $${parameter}::tsquery)`;
  return { words, parameters: [search] };
}

const start = ({ after }: InboxPage) => [after?.due ?? -NEVER, after?.instanceId ?? '0', after?.id ?? 0] as const;

/** What this person has taken. Index tasks_of_assignee. */
export async function selectOwnTasks(sql: Sql, login: string, wanted: InboxPage): Promise<InboxTask[]> {
  const { words, parameters } = searched(wanted, 5);
  const page = found('t.assignee = $4', words);
  return (await sql.query<Row>(lines(page), [...start(wanted), login, ...parameters])).map(taskOf);
}

/** The key of the task that this person has taken and that is due next, or null. Index tasks_of_assignee. */
export async function selectNextOwnTask(sql: Sql, login: string): Promise<string | null> {
  const [row] = await sql.query<{ instance_id: string; id: number }>(
    `select t.instance_id, t.id from tasks t where t.assignee = $1 ${order} limit 1`,
    [login],
  );
  return row === undefined ? null : formatPart(row.instance_id, row.id);
}

/**
 * What is offered to these groups, or to the person by name, and taken by nobody. Each group has a branch of its own, in
 * order, so that they are merged line by line and each is read only as far as the page goes; with an array of groups the
 * planner would not know how many there are and plan anew at each call. Indexes tasks_of_group and
 * task_candidates_by_candidate.
 */
export async function selectOfferedTasks(
  sql: Sql,
  login: string,
  groups: readonly string[],
  wanted: InboxPage,
): Promise<InboxTask[]> {
  const { words, parameters } = searched(wanted, 5 + groups.length);
  const places = groups.map((_, index) => `$${5 + index}::text`);
  const branches = [
    ...places.map((place) => found(`t.group_id = ${place} and t.assignee is null`, words)),
    ...places.map((place) => foundFurther(`c.kind = 'group' and c.candidate = ${place}`, words)),
    foundFurther("c.kind = 'user' and c.candidate = $4::text", words),
  ];
  const page = `select distinct t.next_due_at, t.instance_id, t.id
    from (${branches.join(' union all ')}) t ${order} limit ${PAGE_SIZE}`;
  return (await sql.query<Row>(lines(page), [...start(wanted), login, ...groups, ...parameters])).map(taskOf);
}

/** When the next clock of a ticket breaches: it counts for all of its open tasks. */
export interface NextBreach {
  instanceId: string;
  dueAt: Instant;
}

/** Keeps `next_due_at` of the open tasks of these tickets, and writes only where it changes. Primary keys. */
export async function rankTasks(tx: Sql, tickets: readonly NextBreach[]): Promise<void> {
  if (tickets.length === 0) return;
  await tx.run(
    `with changed as (
       update tasks t set next_due_at = least(coalesce(t.due_at, ${NEVER}), n.due)
       from unnest($1::int[], $2::bigint[], $3::bigint[]) n (bucket, instance_id, due)
       where t.bucket = n.bucket and t.instance_id = n.instance_id
         and t.next_due_at <> least(coalesce(t.due_at, ${NEVER}), n.due)
       returning t.bucket, t.instance_id, t.id, t.next_due_at)
     update task_candidates c set next_due_at = n.next_due_at from changed n
     where c.bucket = n.bucket and c.instance_id = n.instance_id and c.task_id = n.id`,
    [
      tickets.map(({ instanceId }) => bucketOfKey(instanceId)),
      tickets.map(({ instanceId }) => instanceId),
      tickets.map(({ dueAt }) => dueAt),
    ],
  );
}

/** How many tasks this person has taken, at most `most`. Index tasks_of_assignee. */
export async function countOwnTasks(sql: Sql, login: string, most: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from (select 1 from tasks where assignee = $1 limit $2) counted',
    [login, most],
  );
  return row?.count ?? 0;
}

/** What one group is offered, counted up to $1. */
const counted = (group: string): string => `(select ${group} as id, count(*)::int as count from (
  select 1 from tasks where group_id = ${group} and assignee is null limit $1) counted)`;

/** How many untaken tasks each group has, at most `most` each; groups without any are left out. Index tasks_of_group. */
export async function countOfferedTasks(
  sql: Sql,
  groups: readonly string[],
  most: number,
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const branches = groups.map((_, index) => counted(`$${2 + index}::text`));
  const rows = await sql.query<{ id: string; count: number }>(
    `select id, count from (${branches.join(' union all ')}) o where count > 0`,
    [most, ...groups],
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
     ${joined}
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
