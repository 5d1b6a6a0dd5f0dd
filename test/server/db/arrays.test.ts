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
});
