/** Searches for open user tasks. Without an order, and of one instance: primary key; of one person: tasks_of_assignee. */
import type { Database } from './database.ts';
import type { Part } from './part.ts';
import { pinnedTo } from './pinned.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';
import type { Fragment } from './search-filters.ts';

const part = { kind: 'part', bucket: 't.bucket', instance: 't.instance_id', id: 't.id' } as const;

const table: SearchTable = {
  select: 't.instance_id, t.id, t.form, t.created_at, t.due_at, t.follow_up_at, t.priority',
  from: 'tasks t',
  columns: {
    bucket: { kind: 'integer', sql: 't.bucket' },
    userTaskKey: part,
    elementInstanceKey: part,
    state: { kind: 'text', sql: `'CREATED'::text` },
    assignee: { kind: 'text', sql: 't.assignee', nullable: true },
    priority: { kind: 'integer', sql: 't.priority' },
    elementId: { kind: 'text', sql: 't.element' },
    processDefinitionId: { kind: 'text', sql: 't.process' },
    processDefinitionKey: { kind: 'key', sql: 'd.key' },
    processInstanceKey: { kind: 'key', sql: 't.instance_id', bucket: 't.bucket' },
    creationDate: { kind: 'instant', sql: 't.created_at' },
    dueDate: { kind: 'instant', sql: 't.due_at', nullable: true },
    followUpDate: { kind: 'instant', sql: 't.follow_up_at', nullable: true },
    tenantId: { kind: 'text', sql: `'<default>'::text` },
  },
  // Together the primary key: a page of all tasks is read from it.
  unique: ['bucket', 'userTaskKey'],
};

/** Only for those who ask for a definition: it takes many times as long, and longer still in the order of the key. */
const pinned: SearchTable = { ...table, from: `tasks t ${pinnedTo('t')}`, unique: ['userTaskKey'] };

function tableFor({ conditions, anyOf, sort }: Search): SearchTable {
  const fields = [...conditions, ...anyOf.flat(), ...sort].map(({ field }) => field);
  return fields.includes('processDefinitionKey') ? pinned : table;
}

/** Whom tasks are offered to: one of these. */
export interface Candidates {
  kind: 'group' | 'user';
  anyOf: readonly string[];
}

/** An open task as the search finds it; the rest is in its instance. */
export interface FoundTask extends Part {
  form: string | null;
  createdAt: number;
  dueAt: number | null;
  followUpAt: number | null;
  priority: number;
}

interface Row {
  instance_id: string;
  id: number;
  form: string | null;
  created_at: string;
  due_at: string | null;
  follow_up_at: string | null;
  priority: number;
}

const instant = (text: string | null): number | null => (text === null ? null : Number(text));

/** Searches open user tasks by the fields of `table`, and by whom they are offered to. */
export async function searchTasks(
  db: Pick<Database, 'knex'>,
  search: Search,
  candidates: readonly Candidates[],
): Promise<Found<FoundTask>> {
  const found = await searchTable<Row>(db, tableFor(search), search, candidates.map(offeredTo));
  const rows = found.rows.map((row) => ({
    instance: row.instance_id,
    id: row.id,
    form: row.form,
    createdAt: Number(row.created_at),
    dueAt: instant(row.due_at),
    followUpAt: instant(row.follow_up_at),
    priority: row.priority,
  }));
  return { ...found, rows };
}

/** The first group is in the task itself. */
function offeredTo({ kind, anyOf }: Candidates): Fragment {
  const further = `exists (select 1 from task_candidates c where c.bucket = t.bucket and c.instance_id = t.instance_id
    and c.task_id = t.id and c.kind = ? and c.candidate = any(?::text[]))`;
  if (kind === 'user') return { sql: further, bindings: [kind, [...anyOf]] };
  return { sql: `t.group_id = any(?::text[]) or ${further}`, bindings: [[...anyOf], kind, [...anyOf]] };
}
