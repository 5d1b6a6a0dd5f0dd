import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database } from '../../../server/db/database.ts';
import { sqlstate } from '../../../server/db/sqlstate.ts';
import { describeEachDatabase } from '../../support/database.ts';

describeEachDatabase('a database', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
    await db.run('create table things (id bigint primary key, name text)');
  });

  it('gives 64-bit integers as texts, arrays as arrays and the number of changed rows', async () => {
    const [row] = await db.query('select 9223372036854775807::bigint as big, 7::int as small, $1::text[] as list', [
      ['a"b', null, '{x,y}', '问题'],
    ]);
    expect(row).toEqual({ big: '9223372036854775807', small: 7, list: ['a"b', null, '{x,y}', '问题'] });
    expect(await db.run('insert into things select unnest($1::bigint[]), $2', [['1', '2', '3'], 'n'])).toBe(3);
    expect(await db.knex('things').where({ id: 2 })).toEqual([{ id: '2', name: 'n' }]);
  });

  it('undoes a transaction that throws, and keeps the connection usable', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.run('insert into things values (10)');
      await tx.run('insert into things values (1)');
    });
    expect(await failing.catch(sqlstate)).toBe('23505');
    expect(await db.query('select id from things where id = 10')).toEqual([]);
  });

  it('does not call a transaction committed whose statement failed inside', async () => {
    const swallowing = db.transaction(async (tx) => {
      await tx.run('insert into things values (11)');
      await tx.run('insert into things values (1)').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow(/transaction without failed statements/);
    expect(await db.query('select id from things where id = 11')).toEqual([]);
  });

  it('answers many callers at once', async () => {
    const sums = await Promise.all(
      Array.from({ length: 50 }, (_, n) => db.transaction((tx) => tx.query('select $1::int + 1 as sum', [n]))),
    );
    expect(sums.flat()).toEqual(Array.from({ length: 50 }, (_, n) => ({ sum: n + 1 })));
  });
});

describe('the folder of an embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanework-folder-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its data, refuses a second opener and is free again after closing', async () => {
    const first = await openDatabase({ dataDir: folder });
    await first.run('create table kept as select 42 as answer');
    await expect(openDatabase({ dataDir: folder })).rejects.toThrow(
      /Expected the data folder .* to be free, but process \d+/,
    );
    await first.close();
    const second = await openDatabase({ dataDir: folder });
    expect(await second.query('select answer from kept')).toEqual([{ answer: 42 }]);
    await second.close();
  });
});
