import { expect, it } from '@jest/globals';
import { vacuum } from '../../../server/db/upkeep.ts';
import { describeEachDatabase } from '../../support/database.ts';

describeEachDatabase('sweeping', (open) => {
  it('leaves a table without dead rows, smaller than it was', async () => {
    const db = await open();
    // Else the database itself may sweep it first.
    if (db.kind === 'postgres') await db.run('alter table timers set (autovacuum_enabled = false)');
    await db.run("insert into timers select g & 4095, g, 1, 'e', g from generate_series(1, 20000) g");
    await db.run('delete from timers');
    const size = async () =>
      (await db.query<{ size: number }>("select pg_relation_size('timers')::int as size"))[0]?.size;
    expect(await size()).toBeGreaterThan(100_000);
    await vacuum(db);
    expect(await size()).toBe(0);
  });
});
