import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { numbersOf } from '../../../server/db/numbers.ts';
import type { Sql } from '../../../server/db/sql.ts';
import { describeEachDatabase } from '../../support/database.ts';

const many = (count: number, next: () => Promise<number>): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, next));
const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
const sorted = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b);

describeEachDatabase('numbers', (open) => {
  let db: Database;
  let kind = '';
  /** How often the database was asked. */
  let asked = 0;
  let counting: Sql;
  beforeEach(async () => {
    db ??= await open({ pool: 1 });
    kind = `k${Math.random()}`;
    asked = 0;
    counting = { ...db, query: (...args) => ((asked += 1), db.query(...args)) };
  });

  it('of one process follow each other', async () => {
    const next = numbersOf(db, kind, 100_001);
    const numbers: number[] = [];
    for (let count = 0; count < 45; count += 1) numbers.push(await next());
    expect(numbers).toEqual(from(100_001, 45));
  });

  it('are taken from the database once for all who wait', async () => {
    const next = numbersOf(counting, kind, 1);
    expect(await many(20, next)).toEqual(from(1, 20));
    expect(asked).toBe(1);
    expect(sorted(await many(70, next))).toEqual(from(21, 70));
    expect(asked).toBe(5);
  });

  it('are different for every process, also for one that comes after another was killed', async () => {
    const processes = [1, 2, 3].map(() => numbersOf(db, kind, 1));
    const numbers = (await Promise.all(processes.map((next) => many(33, next)))).flat();
    expect(new Set(numbers).size).toBe(99);
    expect(await numbersOf(db, kind, 1)()).toBe(121);
  });

  it('are there again once the database is', async () => {
    let away = true;
    const flaky: Sql = {
      ...db,
      query: (...args) => (away ? Promise.reject(new Error('no database')) : db.query(...args)),
    };
    const next = numbersOf(flaky, kind, 1);
    const failed = await Promise.allSettled([next(), next()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await many(3, next)).toEqual([1, 2, 3]);
  });
});
