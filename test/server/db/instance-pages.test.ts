import { beforeAll, expect, it } from '@jest/globals';
import { readOverdueJobs } from '../../../server/db/condition.ts';
import type { Database } from '../../../server/db/database.ts';
import { readInstanceKeys, readNewestInstances, readStartedProcesses } from '../../../server/db/instance-pages.ts';
import type { InstancePage } from '../../../server/db/instance-pages.ts';
import { describeEachDatabase } from '../../support/database.ts';

/** Just as many as are looked for in two looks. */
const PROCESSES = 32;

describeEachDatabase('pages of instances', (open) => {
  let db: Database;
  let empty: Database;
  beforeAll(async () => {
    db = await open();
    empty = await open();
    await db.run(
      `insert into instances (bucket, id, version, hash, release_id, process, status, started_at, snapshot)
       select n, n, 1, '', 1, 'q' || n % ${PROCESSES}, case when n % 3 = 0 then 'failed' else 'active' end, 0, '{}'
       from generate_series(1, 300) n`,
    );
    await db.run(
      `insert into jobs (bucket, instance_id, id, process, element, type, headers, retries, due_at, lease_until, created_at)
       select n, n, 1, 'q', 'e', 't' || n % 5, '{}', 3, case when n % 5 = 4 then null when n % 5 = 3 then 900 + n else n end,
         case when n % 5 = 2 then 2000 end, 0 from generate_series(0, 99) n`,
    );
  });

  const stored = async (what: string, order: string): Promise<string[]> =>
    (await db.query<{ it: string }>(`select ${what} as it from instances ${order}`)).map(({ it }) => it);

  it('know of which processes there are instances', async () => {
    const all = await stored('distinct process', 'order by it');
    expect(all).toHaveLength(PROCESSES);
    expect(await readStartedProcesses(db)).toEqual(all);
    expect(await readStartedProcesses(empty)).toEqual([]);
  });

  it.each([[null], ['failed'], ['completed']])('go on from each other, in the status %s', async (status) => {
    const processes = await readStartedProcesses(db);
    const found: string[] = [];
    let before: string | null = null;
    do {
      const page: InstancePage = await readNewestInstances(db, { processes, status, before, limit: 7 });
      expect(page.lines.length).toBeLessThanOrEqual(7);
      found.push(...page.lines.map(({ id }) => id));
      before = page.before;
    } while (before !== null);
    const which = status === null ? '' : `where status = '${status}'`;
    expect(found).toEqual(await stored('id', `${which} order by id desc`));
    expect(await readNewestInstances(db, { processes: [], status, before: null, limit: 7 })).toEqual({
      lines: [],
      before: null,
    });
  });

  it('give the keys of one process, and of all, in their order', async () => {
    expect(await readInstanceKeys(db, null, '17', 40)).toEqual(
      await stored('id', 'where id > 17 order by id limit 40'),
    );
    expect(await readInstanceKeys(db, 'q3', '40', 4)).toEqual(
      await stored('id', "where process = 'q3' and id > 40 order by id limit 4"),
    );
    expect(await readInstanceKeys(db, 'none', '0', 4)).toEqual([]);
    expect(await readInstanceKeys(empty, null, '0', 4)).toEqual([]);
  });

  it('count the late jobs of each type up to a limit', async () => {
    expect([...(await readOverdueJobs(db, 950, 15))]).toEqual([
      ['t0', { count: 15, oldest: 0 }],
      ['t1', { count: 15, oldest: 1 }],
      ['t3', { count: 10, oldest: 903 }],
    ]);
    expect(await readOverdueJobs(empty, 950, 15)).toEqual(new Map());
  });
});
