/** Searches for who waits for which message. By name and key, or name alone: primary key after the bucket. */
import type { Database } from './database.ts';
import type { Part } from './part.ts';
import { searchTable } from './search.ts';
import type { Found, Search, SearchTable } from './search.ts';

const table: SearchTable = {
  select: 's.instance_id, s.id',
  from: `message_subscriptions s
    join instances i on i.bucket = (s.instance_id & 4095)::int and i.id = s.instance_id
    join definitions d on d.kind = 'process' and d.id = i.process and exists (
      select 1 from release_resources f where f.release_id = i.release_id and f.kind = d.resource_kind
        and f.id = d.resource_id and f.version = d.resource_version)`,
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

/** Searches open message subscriptions by the fields of `table`. */
export async function searchSubscriptions(db: Pick<Database, 'knex'>, search: Search): Promise<Found<Part>> {
  const found = await searchTable<{ instance_id: string; id: number }>(db, table, search);
  return { ...found, rows: found.rows.map((row) => ({ instance: row.instance_id, id: row.id })) };
}
