import { expect, it } from '@jest/globals';
import type { Parameter } from '../../../server/db/sql.ts';
import { describeEachDatabase } from '../../support/database.ts';

describeEachDatabase('arrays as parameters', (open) => {
  const there: [type: string, values: Parameter[]][] = [
    ['int', [0, -1, 2147483647, null]],
    ['bigint', ['382815371323385528', 1795337496889, -5, null]],
    ['text', ['', 'a,b', '{"a": "\\"\'}', '重启无效 🖨', 'NULL', null]],
    ['bytea', [Buffer.from([0, 92, 255]), Buffer.alloc(0)]],
    ['boolean', [true, false, null]],
    ['int', []],
    ['text', []],
    ['bytea', []],
  ];

  it('arrive as they were sent, of every type and also when empty', async () => {
    const db = await open();
    for (const [type, values] of there) {
      const rows = await db.query<{ value: Parameter }>(`select value from unnest($1::${type}[]) t (value)`, [values]);
      const expected = values.map((value) => (type === 'bigint' && value !== null ? String(value) : value));
      expect(rows.map(({ value }) => value)).toEqual(expected);
    }
  });

  it('are refused by the server when they are not of their type', async () => {
    const db = await open();
    await expect(db.query('select * from unnest($1::bigint[])', [['1,2']])).rejects.toThrow('invalid input syntax');
    await expect(db.query('select * from unnest($1::text[])', [['a\0b']])).rejects.toThrow('0x00');
    expect(await db.query('select x from unnest($1::text[]) t (x)', [[5]])).toEqual([{ x: '5' }]);
  });

  it('of one element are sent as that element, so that the server needs no plan of its own for them', async () => {
    const db = await open();
    await db.run('create table pairs (id int primary key, name text)');
    const insert = 'insert into pairs (id, name) select * from unnest($1::int[], $2::text[]) on conflict do nothing';
    for (const id of [1, 2, 3, 4, 5, 6, 7]) expect(await db.run(insert, [[id], [`the ${id}`]])).toBe(1);
    expect(await db.run(insert, [[7], ['again']])).toBe(0);
    expect(await db.run(insert, [[8], [null]])).toBe(1);
    expect(
      await db.run(insert, [
        [9, 10],
        ['a', 'b'],
      ]),
    ).toBe(2);
    const change = `update pairs p set name = n.name from unnest($1::int[], $2::text[])
      n (id, name) where p.id = n.id and p.id > $3`;
    expect(await db.run(change, [[1], ['first'], 0])).toBe(1);
    expect(await db.query('select name from pairs where id in (1, 7, 8) order by id')).toEqual([
      { name: 'first' },
      { name: 'the 7' },
      { name: null },
    ]);
    const plans = await db.query<{ single: boolean; generic: boolean }>(
      `select statement not like '%unnest%' as single, generic_plans > 0 as generic from pg_prepared_statements
       where statement like 'insert into pairs%' order by 1`,
    );
    expect(plans).toEqual([
      { single: false, generic: false },
      { single: true, generic: true },
    ]);
  });

  it('of one element stay arrays where they are more than the rows of a statement', async () => {
    const db = await open();
    expect(await db.query('select cardinality($1::int[]) as count, x from unnest($1::int[]) t (x)', [[5]])).toEqual([
      { count: 1, x: 5 },
    ]);
    expect(await db.query("select 'a' = any($1::text[]) as found", [['a']])).toEqual([{ found: true }]);
    const placed = 'select x, place from unnest($1::text[]) with ordinality t (x, place)';
    expect(await db.query(placed, [['a']])).toEqual([{ x: 'a', place: '1' }]);
  });
});
