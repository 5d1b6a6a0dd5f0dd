/** Statements on `tickets`: the projection that the lists and pages read. */
import type { Knex } from 'knex';
import type { Ticket, TicketClock, TicketDraft, TicketState } from './ticket.ts';
import type { Database } from './database.ts';
import { bucketOfKey } from './key.ts';
import type { Sql } from './sql.ts';

const COLUMNS = [
  'instance_id',
  'number',
  'state',
  'title',
  'description',
  'channel',
  'client',
  'requester',
  'requester_name',
  'contact',
  'locale',
  'service',
  'type',
  'category',
  'priority',
  'impact',
  'urgency',
  'group_id',
  'tier',
  'assignee',
  'group_since',
  'question',
  'answer',
  'solution',
  'rating',
  'rating_comment',
  'follows',
  'awaits',
  'clocks',
  'due_at',
  'access_hash',
  'created_at',
  'updated_at',
  'ended_at',
] as const;

/** A row as the driver gives it: int8 as text. */
interface Row {
  instance_id: string;
  number: string;
  state: TicketState;
  title: string;
  description: string;
  channel: string;
  client: string;
  requester: string;
  requester_name: string;
  contact: string;
  locale: string;
  service: string;
  type: string;
  category: string;
  priority: string;
  impact: string;
  urgency: string;
  group_id: string;
  tier: string;
  assignee: string | null;
  group_since: string;
  question: string;
  answer: string;
  solution: string;
  rating: number | null;
  rating_comment: string;
  follows: string;
  awaits: string[];
  clocks: string;
  due_at: string;
  access_hash: string;
  created_at: string;
  updated_at: string;
  ended_at: string | null;
}

function ticketIn(row: Row): Ticket {
  return {
    instanceId: row.instance_id,
    number: row.number,
    state: row.state,
    title: row.title,
    description: row.description,
    channel: row.channel,
    client: row.client,
    requester: row.requester,
    requesterName: row.requester_name,
    contact: row.contact,
    locale: row.locale,
    service: row.service,
    type: row.type,
    category: row.category,
    priority: row.priority,
    impact: row.impact,
    urgency: row.urgency,
    group: row.group_id,
    tier: row.tier,
    assignee: row.assignee,
    groupSince: Number(row.group_since),
    question: row.question,
    answer: row.answer,
    solution: row.solution,
    rating: row.rating,
    ratingComment: row.rating_comment,
    follows: row.follows,
    awaits: row.awaits,
    clocks: JSON.parse(row.clocks) as TicketClock[],
    dueAt: Number(row.due_at),
    accessHash: row.access_hash,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
  };
}

/** A draft to be stored, with when it changed and what it is found by. */
export interface TicketChange {
  draft: TicketDraft;
  updatedAt: number;
  words: string[];
}

const UPSERT = `
  insert into tickets as t (bucket, instance_id, number, state, title, description, channel, client, requester,
    requester_name, contact, locale, service, type, category, priority, impact, urgency, group_id, tier, assignee,
    group_since, question, answer, solution, rating, rating_comment, follows, awaits, clocks, due_at, access_hash,
    created_at, updated_at, ended_at, words)
  select bucket, instance_id, number, coalesce(state, 'new'), title, description, channel, client, requester,
    requester_name, contact, locale, service, type, category, priority, impact, urgency, group_id, tier, assignee,
    updated_at, question, answer, solution, rating, rating_comment, follows, awaits, clocks, due_at, access_hash,
    created_at, updated_at, ended_at, array_to_tsvector(words)
  from json_to_recordset($1::json) as given (bucket int, instance_id bigint, number text, state text, title text,
    description text, channel text, client text, requester text, requester_name text, contact text, locale text,
    service text, type text, category text, priority text, impact text, urgency text, group_id text, tier text,
    assignee text, question text, answer text, solution text, rating int, rating_comment text, follows text,
    awaits text[], clocks text, due_at bigint, access_hash text, created_at bigint, updated_at bigint,
    ended_at bigint, words text[])
  on conflict (bucket, instance_id) do update set
    state = case when excluded.state = 'new' then t.state else excluded.state end,
    title = excluded.title, description = excluded.description, requester_name = excluded.requester_name,
    contact = excluded.contact, service = excluded.service, type = excluded.type, category = excluded.category,
    priority = excluded.priority, impact = excluded.impact, urgency = excluded.urgency,
    group_since = case when (t.group_id, t.tier) = (excluded.group_id, excluded.tier)
      then t.group_since else excluded.updated_at end,
    group_id = excluded.group_id, tier = excluded.tier, assignee = excluded.assignee, question = excluded.question,
    answer = excluded.answer, solution = excluded.solution, rating = excluded.rating,
    rating_comment = excluded.rating_comment, awaits = excluded.awaits, clocks = excluded.clocks,
    due_at = excluded.due_at, updated_at = excluded.updated_at, ended_at = excluded.ended_at, words = excluded.words`;

/** Writes the tickets of a batch; a draft without a state leaves the former one. */
export async function upsertTickets(tx: Sql, changes: readonly TicketChange[]): Promise<void> {
  if (changes.length > 0) await tx.run(UPSERT, [JSON.stringify(changes.map(givenOf))]);
}

function givenOf({ draft, updatedAt, words }: TicketChange) {
  return {
    ...draft,
    bucket: bucketOfKey(draft.instanceId),
    instance_id: draft.instanceId,
    requester_name: draft.requesterName,
    group_id: draft.group,
    rating_comment: draft.ratingComment,
    clocks: JSON.stringify(draft.clocks),
    due_at: draft.dueAt,
    access_hash: draft.accessHash,
    created_at: draft.createdAt,
    updated_at: updatedAt,
    ended_at: draft.endedAt,
    words,
  };
}

/** The ticket of this number, the first that had it; null when there is none. Index tickets_by_number. */
export async function selectTicket(sql: Sql, bucket: number, number: string): Promise<Ticket | null> {
  const text = `select ${COLUMNS.join(', ')} from tickets where bucket = $1 and number = $2
    order by instance_id limit 1`;
  const [row] = await sql.query<Row>(text, [bucket, number]);
  return row === undefined ? null : ticketIn(row);
}

/** The ticket of this process instance, null when it is none. Primary key. */
export async function selectTicketOf(sql: Sql, instanceId: string): Promise<Ticket | null> {
  const text = `select ${COLUMNS.join(', ')} from tickets where bucket = $1 and instance_id = $2`;
  const [row] = await sql.query<Row>(text, [bucketOfKey(instanceId), instanceId]);
  return row === undefined ? null : ticketIn(row);
}

/** Which tickets a list shows; what is absent does not restrict. */
export interface TicketFilter {
  /** `open`: neither closed nor cancelled. */
  state?: TicketState | 'open';
  priority?: string;
  group?: string;
  assignee?: string;
  requester?: string;
  client?: string;
  /** A tsquery. */
  query?: string;
  /** Filed at or after this instant. */
  since?: number;
}

/** `due`: the next breach first (open tickets only). `updated`, `created`: the latest first. */
export type TicketOrder = 'due' | 'updated' | 'created';

/** The last row of the page before: the value of the order's column, and the instance. */
export interface TicketCursor {
  at: number;
  instanceId: string;
}

const ORDERS = {
  due: { column: 'due_at', direction: 'asc', beyond: '>' },
  updated: { column: 'updated_at', direction: 'desc', beyond: '<' },
  created: { column: 'created_at', direction: 'desc', beyond: '<' },
} as const;

/** One page of tickets. Indexes tickets_due, _updated, _requester, _group, _assignee, _client and _words, by filter. */
export async function selectTickets(
  db: Database,
  filter: TicketFilter,
  order: TicketOrder,
  limit: number,
  after?: TicketCursor,
): Promise<Ticket[]> {
  const { column, direction, beyond } = ORDERS[order];
  const query = filtered(db, filter)
    .select(COLUMNS as unknown as string[])
    .orderBy([
      { column, order: direction },
      { column: 'instance_id', order: direction },
    ])
    .limit(limit);
  if (after !== undefined)
    void query.whereRaw(`(${column}, instance_id) ${beyond} (?, ?)`, [after.at, after.instanceId]);
  return ((await query) as Row[]).map(ticketIn);
}

/** How many tickets there are, counted up to the limit. */
export async function countTickets(db: Database, filter: TicketFilter, limit: number): Promise<number> {
  const some = filtered(db, filter).select(db.knex.raw('1')).limit(limit).as('some');
  const rows = await db.knex.count<{ count: string | number }[]>({ count: '*' }).from(some);
  return Number(rows[0]?.count ?? 0);
}

function filtered(db: Database, filter: TicketFilter): Knex.QueryBuilder {
  const query = db.knex('tickets');
  if (filter.state === 'open') void query.whereNull('ended_at');
  else if (filter.state !== undefined) void query.where('state', filter.state);
  if (filter.priority !== undefined) void query.where('priority', filter.priority);
  if (filter.group !== undefined) void query.where('group_id', filter.group);
  if (filter.assignee !== undefined) void query.where('assignee', filter.assignee);
  if (filter.requester !== undefined) void query.where('requester', filter.requester);
  if (filter.client !== undefined) void query.where('client', filter.client);
  if (filter.query !== undefined) void query.whereRaw('words @@ ?::tsquery', [filter.query]);
  if (filter.since !== undefined) void query.where('created_at', '>=', filter.since);
  return query;
}
