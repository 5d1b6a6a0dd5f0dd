import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readMonths } from '../../../server/db/archive.ts';
import type { Database } from '../../../server/db/database.ts';
import { LeaseLost, holdLease, takeLease } from '../../../server/db/leases.ts';
import { readOperations } from '../../../server/db/operations.ts';
import { OF_AN_INSTANCE } from '../../../server/db/retention.ts';
import { placeHold, planRetention, releaseHold, runRetention, setRule } from '../../../server/process/retention.ts';
import { definitions, end, flows, process, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const DAY = 86_400_000;
const one = (id: string): string => definitions(process(id, start(), user('a'), end(), flows('start -> a -> end')));
const by = { actor: 'user:audrey' };

/** Starts an instance and ends it at the stage's moment. */
async function play({ runtime, clock }: Stage, id: string): Promise<string> {
  const { instance } = await runtime.start({ process: id, variables: { n: 1 }, actor: 'user:bo' });
  const task = taskAt(instance, 'a');
  const asked = { type: 'CompleteTask', at: clock.now(), actor: 'user:bo', task, variables: {} } as const;
  await runtime.submit(instance.id, asked);
  return instance.id;
}

async function count(db: Database, table: string): Promise<number> {
  return (await db.query<{ rows: number }>(`select count(*)::int as rows from ${table}`))[0]?.rows ?? NaN;
}

/** Everything that a run leaves, in a form that can be compared. */
async function stateOf(db: Database): Promise<unknown> {
  const ids = async (from: string) =>
    (await db.query<{ line: string }>(`select instance_id || '/' || seq as line from ${from} order by 1`)).map(
      ({ line }) => line,
    );
  const instances = await db.query('select id from instances order by id');
  const months = (await readMonths(db)).map(({ partition }) => partition);
  return { journal: await ids('journal'), archive: await ids('journal_archive'), instances, months };
}

/** A database on which the process dies in its first transaction: before it is stored, or right after. */
function dying(db: Database, moment: 'before' | 'after'): Database {
  return {
    ...db,
    async transaction(work) {
      await db.transaction(async (tx) => {
        await work(tx);
        if (moment === 'before') throw new Error('died');
      });
      throw new Error('died');
    },
  };
}

/** Does all that is due, by processes each of which dies at its first step; gives how many there were. */
async function runWithDeaths(db: Database, { clock }: Stage, look: () => Promise<void>): Promise<number> {
  for (let deaths = 0; ; deaths += 1) {
    for (const moment of ['before', 'after'] as const) {
      clock.advance(10 * 60_000); // The lease of the dead one ends.
      const report = await runRetention({ db: dying(db, moment), clock }).catch((error: unknown) => {
        expect(String(error)).toBe('Error: died');
        return null;
      });
      if (report !== null) return deaths;
      await look();
    }
  }
}

describeDatabase('what has ended long ago', (open) => {
  let db: Database;
  let at: Stage;
  beforeEach(async () => {
    db = await open();
    at = stage(db);
    await deployDiagram(at, one('short'), one('long'));
  });

  it('moves to the archive of its month, where its history is what it was', async () => {
    const march = await play(at, 'long');
    at.clock.advance(31 * DAY);
    const april = await play(at, 'long');
    const running = (await at.runtime.start({ process: 'long', variables: {}, actor: 'user:bo' })).instance.id;
    const before = await at.runtime.history(march);
    expect(await runRetention({ db, clock: at.clock })).toEqual({ archived: 1, removed: {}, dropped: [] });
    expect(await readMonths(db)).toMatchObject([{ partition: 'journal_archive_2026_03' }]);
    at.clock.advance(31 * DAY);
    expect(await runRetention({ db, clock: at.clock })).toMatchObject({ archived: 1 });
    expect((await readMonths(db)).map(({ partition }) => partition)).toEqual([
      'journal_archive_2026_03',
      'journal_archive_2026_04',
    ]);
    expect(await runRetention({ db, clock: at.clock })).toMatchObject({ archived: 0 });
    expect(await db.query('select distinct instance_id from journal')).toEqual([{ instance_id: running }]);
    expect(await at.runtime.history(march)).toEqual(before);
    for (const id of [march, april, running]) {
      expect(await at.runtime.verifyHistory(id)).toMatchObject({
        integrity: { intact: true },
        execution: { verdict: 'REPRODUCED' },
      });
    }
    await db.run("update journal_archive set actor = 'user:mallory' where instance_id = $1 and seq = 2", [march]);
    expect(await at.runtime.verifyHistory(march)).toMatchObject({ integrity: { intact: false, seq: 2 } });
  });

  it('may still be commented: the note follows its history', async () => {
    const id = await play(at, 'long');
    at.clock.advance(40 * DAY);
    await runRetention({ db, clock: at.clock });
    const note = { audience: 'internal', text: 'seen' } as const;
    await at.runtime.submit(id, { type: 'AddNote', at: at.clock.now(), actor: 'user:li', note });
    expect((await at.runtime.history(id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await runRetention({ db, clock: at.clock })).toMatchObject({ archived: 1 });
    expect(await count(db, 'journal')).toBe(0);
    expect(await at.runtime.verifyHistory(id)).toMatchObject({ integrity: { intact: true, rows: 3 } });
  });

  it('goes by the rule of its process; what is held, or has no rule, stays', async () => {
    const short = [await play(at, 'short'), await play(at, 'short'), await play(at, 'short')];
    const long = await play(at, 'long');
    await setRule({ db, clock: at.clock }, 'short', 10, by);
    await placeHold({ db, clock: at.clock }, short[1] ?? '', 'a claim', by);
    at.clock.advance(10 * DAY);
    expect(await runRetention({ db, clock: at.clock })).toMatchObject({ removed: {} });
    at.clock.advance(1);
    expect((await planRetention({ db, clock: at.clock })).rules).toMatchObject([
      { process: 'short', days: 10, instances: 2, rows: 4, held: 1, oldest: at.clock.now() - 10 * DAY - 1 },
    ]);
    expect(await runRetention({ db, clock: at.clock })).toEqual({ archived: 3, removed: { short: 2 }, dropped: [] });
    expect(await count(db, 'journal_archive')).toBe(2);
    expect(await at.runtime.history(short[0] ?? '')).toEqual([]);
    expect(await at.runtime.instance(short[2] ?? '')).toBeNull();
    for (const id of [short[1] ?? '', long]) {
      expect(await at.runtime.verifyHistory(id)).toMatchObject({ integrity: { intact: true } });
    }
    await releaseHold({ db, clock: at.clock }, short[1] ?? '', by);
    expect(await runRetention({ db, clock: at.clock })).toMatchObject({ removed: { short: 1 } });
    const acts = (await readOperations(db, 'retention', 10)).reverse();
    expect(acts.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'RetentionRuleSet short',
      `HoldPlaced ${short[1]}`,
      'InstancesRemoved short',
      `HoldReleased ${short[1]}`,
      'InstancesRemoved short',
      'ArchiveDropped journal_archive_2026_03',
    ]);
    expect(acts[2]).toMatchObject({ actor: 'system', details: { count: 2, days: 10 } });
  });

  it('goes by whole months, and only once every rule in it says so', async () => {
    await play(at, 'short');
    await play(at, 'long');
    await setRule({ db, clock: at.clock }, 'short', 40, by);
    await setRule({ db, clock: at.clock }, 'long', 80, by);
    at.clock.advance(50 * DAY);
    expect(await runRetention({ db, clock: at.clock })).toEqual({ archived: 2, removed: { short: 1 }, dropped: [] });
    at.clock.advance(31 * DAY);
    expect((await planRetention({ db, clock: at.clock })).months).toMatchObject([
      { partition: 'journal_archive_2026_03', bytes: expect.any(Number) },
    ]);
    expect(await runRetention({ db, clock: at.clock })).toEqual({
      archived: 0,
      removed: { long: 1 },
      dropped: ['journal_archive_2026_03'],
    });
    expect(await stateOf(db)).toEqual({ journal: [], archive: [], instances: [], months: [] });
  });

  it('is neither lost nor doubled when the process dies at any step', async () => {
    for (const id of ['short', 'long']) for (let n = 0; n < 2; n += 1) await play(at, id);
    at.clock.advance(31 * DAY);
    const later = await play(at, 'short');
    const histories = new Map<string, unknown>();
    for (const { id } of await db.query<{ id: string }>('select id from instances')) {
      histories.set(id, await at.runtime.history(id));
    }
    const look = async () => {
      for (const { id } of await db.query<{ id: string }>('select id from instances')) {
        expect(await at.runtime.history(id)).toEqual(histories.get(id));
      }
    };
    // The month is made, the journals are moved: in one step or several, as their buckets lie together or apart.
    expect(await runWithDeaths(db, at, look)).toBeGreaterThanOrEqual(2);
    expect([await count(db, 'journal'), await count(db, 'journal_archive')]).toEqual([2, 8]);
    await setRule({ db, clock: at.clock }, 'short', 32, by);
    at.clock.advance(2 * DAY);
    // Two instances are removed, then what the archive has of them.
    expect(await runWithDeaths(db, at, look)).toBe(2);
    expect([await count(db, 'instances'), await count(db, 'journal_archive')]).toEqual([3, 4]);
    await setRule({ db, clock: at.clock }, 'long', 32, by);
    // Two more are removed, then the month is dropped.
    expect(await runWithDeaths(db, at, look)).toBe(2);
    const left = { journal: [`${later}/1`, `${later}/2`], archive: [], instances: [{ id: later }], months: [] };
    expect(await stateOf(db)).toEqual(left);
  });
});

describeDatabase('retention', (open) => {
  let db: Database;
  let at: Stage;
  beforeAll(async () => {
    db = await open();
    at = stage(db);
    await deployDiagram(at, one('short'), one('long'));
  });

  it('is done by one process; one that wakes up late writes nothing', async () => {
    const mine = { name: 'retention', owner: 'me' };
    const lease = await takeLease(db, mine, 1000, 2000);
    expect(lease?.fence).toBe('1');
    expect(await takeLease(db, { ...mine, owner: 'other' }, 1500, 2500)).toBeNull();
    expect((await takeLease(db, mine, 1500, 2500))?.fence).toBe('1');
    expect((await takeLease(db, { ...mine, owner: 'other' }, 2500, 9999))?.fence).toBe('2');
    const late = db.transaction((tx) => holdLease(tx, lease ?? { ...mine, fence: '0' }));
    await expect(late).rejects.toThrow(LeaseLost);
    const far = at.clock.now() + DAY;
    await takeLease(db, { ...mine, owner: 'other' }, 3000, far);
    expect(await runRetention({ db, clock: at.clock })).toBeNull();
    await db.run('delete from leases');
  });

  it('refuses holds of what is not there, or is held', async () => {
    const options = { db, clock: at.clock };
    await expect(placeHold(options, '4096', 'why', by)).rejects.toThrow('Expected an instance with the key 4096');
    const id = await play(at, 'long');
    await expect(releaseHold(options, id, by)).rejects.toThrow(`Expected instance ${id} to be held, but it is not.`);
    await placeHold(options, id, 'why', by);
    await expect(placeHold(options, id, 'why', by)).rejects.toThrow('not to be held yet, but it is.');
  });

  it('takes everything with it that belongs to an instance', async () => {
    const rows = await db.query<{ relation: string }>(
      `select c.relname as relation from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
         and a.attname = 'instance_id' order by 1`,
    );
    // What is not in the list must say here why it stays.
    const others = {
      journal_archive: 'emptied month by month',
      legal_holds: 'an instance that is held does not go',
      outbox: 'what was sent is still delivered',
      requests: 'forgotten after a day, which no rule undercuts',
    };
    const known = [...OF_AN_INSTANCE, ...Object.keys(others)].sort();
    expect(rows.map(({ relation }) => relation)).toEqual(known);
  });
});
