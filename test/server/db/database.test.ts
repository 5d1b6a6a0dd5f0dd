import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database, Stage } from '../../../server/db/database.ts';
import type { Sql } from '../../../server/db/sql.ts';
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

  it('says of statements that go out together which one failed, whichever is heard of first', async () => {
    // What waits through more functions hears later.
    const deep = async (sql: Sql, levels: number): Promise<number> =>
      levels === 0 ? sql.run('select 1 / 0') : await deep(sql, levels - 1);
    const both = db.transaction(async (tx) => {
      await Promise.all([deep(tx, 9), tx.run('select 1')]);
    });
    await expect(both).rejects.toMatchObject({ code: '22012' });
  });

  it('does statements at once or none of them, and goes on with the same connection', async () => {
    const insert = (tx: Sql, id: number) => tx.run('insert into things values ($1, $2)', [id, 'x']);
    const touch = (tx: Sql) => tx.run("update things set name = 'y' where id in (20, 21)");
    for (const known of [false, true]) {
      const failing = db.atOnce(async (tx) => {
        await Promise.all([insert(tx, 20), insert(tx, 1), tx.run(`delete from things where id = ${known ? 2 : 3}`)]);
      });
      expect(await failing.catch(sqlstate)).toBe('23505');
    }
    expect(await db.query('select id from things where id in (2, 3, 20)')).toHaveLength(2);
    let counts: number[] = [];
    await db.atOnce(async (tx) => {
      counts = await Promise.all([
        insert(tx, 20),
        insert(tx, 21),
        touch(tx),
        tx.run('delete from things where id = 3'),
      ]);
    });
    expect(counts).toEqual([1, 1, 2, 1]);
    expect(await db.query('select name from things where id in (3, 20, 21)')).toEqual([{ name: 'y' }, { name: 'y' }]);
  });

  it('sends nothing of what goes wrong before it waits, and takes no statement afterwards', async () => {
    const wrong = db.atOnce(async (tx) => {
      const sent = tx.run('insert into things values (30)');
      if (db.kind !== undefined) throw new Error('wrong by itself');
      await sent;
    });
    await expect(wrong).rejects.toThrow('wrong by itself');
    const late = db.atOnce(async (tx) => {
      await tx.run('insert into things values (31)');
      await tx.run('insert into things values (32)');
    });
    await expect(late).rejects.toThrow('Expected all statements at once');
    await expect(db.atOnce(async (tx) => void (await tx.query('select 1')))).rejects.toThrow('gives rows');
    await db.atOnce(() => Promise.resolve());
    expect(await db.query('select id from things where id in (30, 32)')).toEqual([]);
  });

  it('undoes the first stages when a later one goes wrong, and goes on with the same connection', async () => {
    const insert = (id: number) => (tx: Sql) => tx.run('insert into things values ($1, $2)', [id, 'x']);
    const wrong = db.atOnce(insert(40), () => Promise.reject(new Error('wrong by itself')));
    await expect(wrong).rejects.toThrow('wrong by itself');
    const failing = db.atOnce(insert(41), insert(41));
    expect(await failing.catch(sqlstate)).toBe('23505');
    const counts: number[] = [];
    const counting = (stage: Stage) => async (tx: Sql) => void counts.push(Number(await stage(tx)));
    const change = (tx: Sql) => tx.run("update things set name = 'z' where id in (42, 43)");
    await db.atOnce(counting(insert(42)), counting(insert(43)), counting(change), () => Promise.resolve());
    expect(counts).toEqual([1, 1, 2]);
    expect(await db.query('select id, name from things where id in (40, 41, 42, 43) order by id')).toEqual([
      { id: '42', name: 'z' },
      { id: '43', name: 'z' },
    ]);
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
