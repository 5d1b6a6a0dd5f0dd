import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { MIGRATIONS, migrate } from '../../../server/db/migrate.ts';
import { describeEachDatabase } from '../../support/database.ts';
import { describeSchema, schemaFile } from '../../support/schema.ts';

/** Whether tables are distributed besides is another matter. */
const PLAIN = { byBucket: false };

describeEachDatabase('migrations', (open) => {
  const folder = mkdtempSync(join(tmpdir(), 'lanework-migrations-'));
  cpSync(MIGRATIONS, folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('make the schema of test/schema.sql', async () => {
    expect(await describeSchema(await open(PLAIN))).toBe(schemaFile());
  });

  it('explain every column of the tables that they explain', async () => {
    const db = await open(PLAIN);
    const silent = await db.query<{ name: string }>(
      `select c.relname || '.' || a.attname as name
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
         and a.attnum > 0 and not a.attisdropped
         and obj_description(c.oid) is not null and col_description(c.oid, a.attnum) is null`,
    );
    expect(silent.map((row) => row.name)).toEqual([]);
  });

  it('run once each, also when several processes begin at the same moment', async () => {
    const db = await open(PLAIN);
    writeFileSync(join(folder, '901_one.sql'), 'create table one (id int);\ninsert into one values (1);\n');
    writeFileSync(join(folder, '902_two.sql'), "create table two (id int);\ncomment on table two is 'What? Two';\n");
    const ran = await Promise.all([migrate(db, folder), migrate(db, folder), migrate(db, folder)]);
    expect(ran.flat().sort()).toEqual(['901_one.sql', '902_two.sql']);
    expect(await db.query('select count(*)::int as rows from one')).toEqual([{ rows: 1 }]);
    expect(await migrate(db, folder)).toEqual([]);
  });

  it('leave nothing of one that fails, and go on once it is mended', async () => {
    const db = await open(PLAIN);
    const file = join(folder, '903_three.sql');
    writeFileSync(file, 'create table three (id int);\ncreate table three (id int);\n');
    await expect(migrate(db, folder)).rejects.toThrow(/"three" already exists/);
    writeFileSync(file, 'create table three (id int);\n');
    expect(await migrate(db, folder)).toContain('903_three.sql');
    rmSync(file);
  });

  it('refuse a file that was changed after it ran', async () => {
    const db = await open(PLAIN);
    const file = join(folder, '904_four.sql');
    writeFileSync(file, 'create table four (id int);\n');
    await migrate(db, folder);
    writeFileSync(file, 'create table four (id bigint);\n');
    await expect(migrate(db, folder)).rejects.toThrow(/Expected migration 904_four.sql to be as it was/);
    rmSync(file);
  });
});
