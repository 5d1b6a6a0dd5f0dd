/** Searches of instances that a caller composes. Without an order and with one process: index instances_by_process. */
import type { Instant } from '../../engine/instance.ts';
import type { Database } from './database.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';
import { all, filtersOf } from './search-filters.ts';
import type { Condition, Fragment } from './search-filters.ts';
import type { Sql } from './sql.ts';

/** An instance with what it was started from. */
export interface FoundInstance {
  id: string;
  process: string;
  state: InstanceState;
  startedAt: Instant;
  endedAt: Instant | null;
  hasIncident: boolean;
  definition: { key: string; name: string; version: number; versionTag: string | null };
}

/** How the process API tells how far an instance got. */
export type InstanceState = 'ACTIVE' | 'COMPLETED' | 'TERMINATED';

/** What must hold of the inside of an instance. */
export interface InsideFilter {
  /** Variables of any open scope, of the process itself also when it has ended. Values are JSON texts. */
  variables: readonly { name: string; conditions: readonly Condition[] }[];
  /** Elements that are worked on. */
  active: readonly Condition[];
  /** Messages of open incidents. */
  messages: readonly Condition[];
}

const hasIncident = 'exists (select 1 from incidents x where x.bucket = i.bucket and x.instance_id = i.id)';
const state = "case i.status when 'active' then 'ACTIVE' when 'completed' then 'COMPLETED' else 'TERMINATED' end";

const table: SearchTable = {
  select: `i.id, i.process, ${state} as state, i.started_at, i.ended_at, ${hasIncident} as has_incident,
    d.key, d.name, d.version, d.version_tag`,
  from: `instances i
    join release_resources m on m.release_id = i.release_id
    join definitions d on d.kind = 'process' and d.id = i.process
      and d.resource_kind = m.kind and d.resource_id = m.id and d.resource_version = m.version`,
  columns: {
    id: { kind: 'key', sql: 'i.id', bucket: 'i.bucket' },
    process: { kind: 'text', sql: 'i.process' },
    name: { kind: 'text', sql: 'd.name' },
    version: { kind: 'integer', sql: 'd.version' },
    versionTag: { kind: 'text', sql: 'd.version_tag', nullable: true },
    definitionKey: { kind: 'key', sql: 'd.key' },
    startedAt: { kind: 'instant', sql: 'i.started_at' },
    endedAt: { kind: 'instant', sql: 'i.ended_at', nullable: true },
    state: { kind: 'text', sql: state },
    hasIncident: { kind: 'boolean', sql: hasIncident },
    tenantId: { kind: 'text', sql: "'<default>'::text" },
    // What is called is a scope of the same instance, so no instance has a parent.
    parent: { kind: 'key', sql: 'null::bigint', nullable: true },
  },
  unique: ['id'],
};

interface Row {
  id: string;
  process: string;
  state: InstanceState;
  started_at: string;
  ended_at: string | null;
  has_incident: boolean;
  key: string;
  name: string;
  version: number;
  version_tag: string | null;
}

/** One page of the instances that fit. */
export async function searchInstances(
  db: Database,
  search: Search,
  { variables, active, messages }: InsideFilter,
): Promise<Found<FoundInstance>> {
  const found = await searchTable<Row>(db, table, search, [
    ...(await Promise.all(variables.map((it) => variableFilter(db, it)))),
    ...(active.length === 0 ? [] : [exists(tokens, active, 'x.element')]),
    ...(messages.length === 0 ? [] : [exists(incidents, messages, 'x.message')]),
  ]);
  return { ...found, rows: found.rows.map(instanceOf) };
}

function instanceOf(row: Row): FoundInstance {
  const { id, process, state: reached, key, name, version, version_tag: versionTag } = row;
  return {
    id,
    process,
    state: reached,
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    hasIncident: row.has_incident,
    definition: { key, name, version, versionTag },
  };
}

const tokens = {
  sql: `select t ->> 'element' as element from jsonb_array_elements(i.snapshot::jsonb -> 'tokens') t
    where t ->> 'state' <> 'arrived'`,
  bindings: [],
};
const incidents = {
  sql: 'select n.message from incidents n where n.bucket = i.bucket and n.instance_id = i.id',
  bindings: [],
};

/** What a statement gives has a row that fits. */
function exists(rows: Fragment, conditions: readonly Condition[], sql: string): Fragment {
  const wanted = all(filtersOf(() => ({ kind: 'text', sql }), { conditions, anyOf: [] }));
  return {
    sql: `exists (select 1 from (${rows.sql}) x where ${wanted.sql})`,
    bindings: [...rows.bindings, ...wanted.bindings],
  };
}

async function variableFilter(
  db: Database,
  { name, conditions }: InsideFilter['variables'][number],
): Promise<Fragment> {
  const values = {
    sql: `select v.value from (
      select s -> 'variables' -> ? as value from jsonb_array_elements(i.snapshot::jsonb -> 'scopes') s) v
      where v.value is not null`,
    bindings: [name],
  };
  const canonical = await Promise.all(conditions.map((condition) => canonicalValues(db, condition)));
  return exists(values, canonical, 'x.value::text');
}

/** JSON texts as PostgreSQL writes them, so that they can be compared as texts. */
async function canonicalValues(sql: Sql, condition: Condition): Promise<Condition> {
  if (condition.operator === '$like' || condition.operator === '$exists') return condition;
  const given = typeof condition.value === 'object' ? condition.value : [condition.value];
  const rows = await sql.query<{ value: string }>(
    'select value::jsonb::text as value from unnest($1::text[]) with ordinality as v (value, place) order by place',
    [given.map(String)],
  );
  return { ...condition, value: rows.map(({ value }) => value) };
}
