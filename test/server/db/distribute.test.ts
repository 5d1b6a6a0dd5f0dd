import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database } from '../../../server/db/database.ts';
import { distribute, readTables } from '../../../server/db/distribute.ts';
import type { Table } from '../../../server/db/distribute.ts';
import { migrate } from '../../../server/db/migrate.ts';
import type { Sql } from '../../../server/db/sql.ts';
import { STAND_IN } from '../../support/citus.ts';
import { cloneOptions, describeEachDatabase } from '../../support/database.ts';
import { postgresPrograms } from '../../support/postgres.ts';

/** What Citus refuses in tables that are distributed by bucket, with the tables beside them whole on every node. */
async function refused(sql: Sql): Promise<string[]> {
  const tables = new Map((await readTables(sql)).map((table) => [table.name, table]));
  const bucketed = [...tables.values()].filter((table) => table.bucketed).map(({ name }) => name);
  const rows = await sql.query<{ line: string }>(
    `with bucketed as (select unnest($1::text[])::regclass as oid)
     select 'unique without bucket: ' || i.indexrelid::regclass as line from pg_index i
       join bucketed b on b.oid = i.indrelid where i.indisunique and not exists (
         select 1 from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[]) and a.attname = 'bucket')
     union all select 'trigger: ' || tgname from pg_trigger where not tgisinternal
     union all select 'bucket not first in the primary key: ' || c.oid::regclass from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'bucket'
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
         and c.oid not in (select oid from bucketed)
     union all select 'bucket changes its type or may be missing: ' || b.oid from bucketed b
       join pg_attribute a on a.attrelid = b.oid and a.attname = 'bucket' where a.atttypid <> 'int'::regtype or not a.attnotnull
     union all select 'reference to a table by bucket that does not name the bucket: ' || f.conname from pg_constraint f
       join bucketed b on b.oid = f.confrelid where f.contype = 'f' and not exists (
         select 1 from unnest(f.conkey, f.confkey) k (own, other)
         join pg_attribute o on o.attrelid = f.conrelid and o.attnum = k.own and o.attname = 'bucket'
         join pg_attribute r on r.attrelid = f.confrelid and r.attnum = k.other and r.attname = 'bucket'
         join bucketed on bucketed.oid = f.conrelid)`,
    [bucketed],
  );
  return rows.map(({ line }) => line).sort();
}

describeEachDatabase('the tables', (open) => {
  it('are such that Citus can distribute them', async () => {
    const db = await open();
    expect(await refused(db)).toEqual([]);
    const tables = await readTables(db);
    expect(tables[0]).toEqual({ name: 'journal', bucketed: true, references: [] });
    expect(tables.find(({ name }) => name === 'journal_archive')?.bucketed).toBe(true);
    expect(tables.filter((table) => !table.bucketed).map(({ name }) => name)).toContain('users');
  });

  it('would be noticed if they were not', async () => {
    const db = await open();
    await db.run('create table t1 (bucket int not null, id int, n int unique, primary key (bucket, id))');
    await db.run('create table t2 (id int primary key, bucket bigint, foreign key (bucket, id) references t1)');
    await db.run('create table t3 (bucket bigint, id int, primary key (bucket, id))');
    expect(await refused(db)).toEqual([
      expect.stringContaining('bucket changes its type or may be missing: '),
      'bucket not first in the primary key: t2',
      'reference to a table by bucket that does not name the bucket: t2_bucket_id_fkey',
      'unique without bucket: t1_n_key',
    ]);
  });
});

interface Distributed {
  name: string;
  beside: string | null;
}

const bin = postgresPrograms();
(bin === null ? describe.skip : describe)('migrations, where the extension citus is found', () => {
  let plain: Database;
  const opened: Database[] = [];
  let tables: Table[];
  beforeAll(async () => {
    const options = await cloneOptions(bin ?? '', 2);
    plain = await openDatabase(options);
    opened.push(plain);
    for (const statement of STAND_IN) await plain.run(statement);
    tables = await readTables(plain);
    for (let count = 0; count < 2; count += 1) opened.push(await openDatabase(options));
  });
  afterAll(async () => {
    for (const database of opened) await database.close();
  });

  const distributed = () =>
    plain.query<Distributed>(
      'select logicalrelid::text as name, beside from stand_in.pg_dist_partition order by place',
    );

  it('distribute every table once, also when several processes begin at the same moment', async () => {
    expect(opened.map(({ citus }) => citus)).toEqual([false, true, true]);
    await Promise.all(opened.map((database) => migrate(database)));
    const found = await distributed();
    expect(found[0]).toEqual({ name: 'journal', beside: 'default' });
    const expected = tables.map(({ name, bucketed }) => ({ name, beside: bucketed ? 'journal' : null }));
    const byName = (a: Distributed, b: Distributed) => (a.name < b.name ? -1 : 1);
    expect(found.slice(1).sort(byName)).toEqual(expected.filter(({ name }) => name !== 'journal').sort(byName));
  });

  it('distribute what others refer to first', async () => {
    const order = (await distributed()).map(({ name }) => name);
    const early = tables.flatMap(({ name, references }) =>
      references.filter((other) => order.indexOf(other) > order.indexOf(name)).map((other) => `${name} ${other}`),
    );
    expect(tables.flatMap(({ references }) => references)).toContain('alert_groups');
    expect(early).toEqual([]);
  });

  it('distribute a new table, and one that Citus only keeps track of', async () => {
    await plain.run('create table later (bucket int not null, id int, primary key (bucket, id))');
    await plain.run(`update stand_in.pg_dist_partition set logicalrelid = 'later'::regclass, partmethod = 'n', repmodel = 's'
      where logicalrelid = 'users'::regclass`);
    const [, citus] = opened;
    if (citus === undefined) throw new Error('expected an open database');
    await plain.run(`alter table stand_in.pg_dist_partition drop constraint pg_dist_partition_logicalrelid_key`);
    expect(await distribute(citus)).toEqual(['later', 'users']);
    expect(await distribute(citus)).toEqual([]);
  });
});
