/** Searches for who waits for which message. By name and key, or name alone: primary key after the bucket. */
import type { Database } from './database.ts';
import type { Part } from './part.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';

const table: SearchTable = {
  select: 's.instance_id, s.id',
  from: 'message_subscriptions s',
  columns: {
    messageSubscriptionKey: {
      kind: 'part',
      bucket: '(s.instance_id & 4095)::int',
      instance: 's.instance_id',
      id: 's.id',
    },
    messageName: { kind: 'text', sql: 's.name' },
    correlationKey: { kind: 'text', sql: 's.correlation_key' },
    processInstanceKey: { kind: 'key', sql: 's.instance_id' },
    processDefinitionId: { kind: 'text', sql: 'i.process' },
    processDefinitionKey: { kind: 'key', sql: 'd.key' },
    state: { kind: 'text', sql: `'CREATED'::text` },
    tenantId: { kind: 'text', sql: `'<default>'::text` },
  },
  unique: ['messageSubscriptionKey'],
};

/**
 * Only for those who ask for a process: the instance lies in another bucket. Citus fetches what stands in parentheses before
 * it joins, and refuses to join the table itself.
 */
const ofProcess: SearchTable = {
  ...table,
  from: `(select name, correlation_key, instance_id, id from message_subscriptions) s
    join instances i on i.bucket = (s.instance_id & 4095)::int and i.id = s.instance_id
    join release_resources m on m.release_id = i.release_id
    join definitions d on d.kind = 'process' and d.id = i.process
      and d.resource_kind = m.kind and d.resource_id = m.id and d.resource_version = m.version`,
};

function tableFor({ conditions, anyOf, sort }: Search): SearchTable {
  const fields = [...conditions, ...anyOf.flat(), ...sort].map(({ field }) => field);
  return fields.some((field) => field === 'processDefinitionId' || field === 'processDefinitionKey')
    ? ofProcess
    : table;
}

/** Searches open message subscriptions by the fields of `table`. */
export async function searchSubscriptions(db: Pick<Database, 'knex'>, search: Search): Promise<Found<Part>> {
  const found = await searchTable<{ instance_id: string; id: number }>(db, tableFor(search), search);
  return { ...found, rows: found.rows.map((row) => ({ instance: row.instance_id, id: row.id })) };
}
