/** On Citus: tables with a bucket lie in shards by it, all co-located; every other table is whole on every node. */
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';

/** A table of ours. */
export interface Table {
  name: string;
  /** The bucket is the first column of its primary key. */
  bucketed: boolean;
  /** The tables that its foreign keys name. */
  references: string[];
}

/** All tables of this schema without the partitions, which go with theirs; `journal` first and `migrations` last. */
export async function readTables(sql: Sql): Promise<Table[]> {
  return sql.query<Table>(
    `select c.oid::regclass::text as name, coalesce(k.column = 'bucket', false) as bucketed,
       array(select f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid and f.contype = 'f') as "references"
     from pg_class c left join lateral (
       select a.attname as column from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = c.oid and i.indisprimary) k on true
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname = 'migrations', c.relname <> 'journal', c.relname`,
  );
}

/**
 * Distributes what is not distributed yet, what others refer to first; gives the names of those tables. Several
 * processes may do this at the same time. Only the coordinator takes definitions.
 */
export async function distribute(database: Database): Promise<string[]> {
  const done: string[] = [];
  for (const table of inOrder(await readTables(database))) {
    const now = await database.transaction(async (tx) => {
      await lockMigrations(tx);
      if (await isDistributed(tx, table)) return false;
      await (table.bucketed ? distributeTable(tx, table) : copyTable(tx, table));
      return true;
    });
    if (now) done.push(table.name);
  }
  return done;
}

/** A table comes after those that it refers to (https://docs.citusdata.com/en/stable/get_started/tutorial_multi_tenant.html). */
function inOrder(tables: readonly Table[]): Table[] {
  const seen = new Set<string>();
  const placed: Table[] = [];
  const place = (table: Table): void => {
    if (seen.has(table.name)) return;
    seen.add(table.name);
    for (const other of tables) if (table.references.includes(other.name)) place(other);
    placed.push(table);
  };
  tables.forEach(place);
  return placed;
}

async function lockMigrations(tx: Sql): Promise<void> {
  await tx.run('lock table migrations in exclusive mode');
}

/** By hash, or copied to every node. What Citus keeps track of by itself because of a foreign key is neither. */
async function isDistributed(tx: Sql, { name }: Table): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from pg_dist_partition where logicalrelid = $1::text::regclass and (partmethod = 'h' or repmodel = 't')`,
    [name],
  );
  return rows.length > 0;
}

async function distributeTable(tx: Sql, { name }: Table): Promise<void> {
  await tx.query(`select create_distributed_table($1::text::regclass, 'bucket', colocate_with => $2::text)`, [
    name,
    name === 'journal' ? 'default' : 'journal',
  ]);
}

async function copyTable(tx: Sql, { name }: Table): Promise<void> {
  await tx.query('select create_reference_table($1::text::regclass)', [name]);
}
