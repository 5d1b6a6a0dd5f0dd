import { beforeAll, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { definitions, end, flows, process, start, user } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, stage, taskAt } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

const xml = definitions(process('p', start(), user('a'), user('b'), end(), flows('start -> a -> b -> end')));

describeDatabase('the history of an instance', (open) => {
  let db: Database;
  let it1: Stage;
  beforeAll(async () => {
    db = await open();
    it1 = stage(db);
    await deployDiagram(it1, xml);
  });

  const played = async (): Promise<string> => {
    const { instance } = await it1.runtime.start({ process: 'p', variables: { title: '打印机' }, actor: 'user:wang' });
    const complete = (task: number) =>
      it1.runtime.submit(instance.id, {
        type: 'CompleteTask',
        at: it1.clock.now(),
        actor: 'user:li',
        task,
        variables: {},
      });
    const { instance: next } = await complete(taskAt(instance, 'a'));
    await complete(taskAt(next, 'b'));
    return instance.id;
  };

  it('is intact and reproduced, and links each row to the one before', async () => {
    const id = await played();
    expect(await it1.runtime.verifyHistory(id)).toMatchObject({
      integrity: { intact: true, rows: 3 },
      execution: { verdict: 'REPRODUCED', rows: 3 },
    });
    const rows = await it1.runtime.history(id);
    expect(rows[0]?.prevHash).toBe('0'.repeat(64));
    expect(rows[2]?.prevHash).toBe(rows[1]?.hash);
  });

  it('is intact also while commands are done', async () => {
    const { instance } = await it1.runtime.start({ process: 'p', variables: {}, actor: 'user:wang' });
    const note = { type: 'AddNote', actor: 'user:li', note: { audience: 'internal', text: 'still at it' } } as const;
    let busy = true;
    const writing = (async () => {
      for (let n = 0; n < 100; n += 1) await it1.runtime.submit(instance.id, { ...note, at: it1.clock.now() });
      busy = false;
    })();
    const broken: unknown[] = [];
    while (busy) {
      const { integrity } = await it1.runtime.verifyHistory(instance.id);
      if (!integrity.intact) broken.push(integrity);
    }
    await writing;
    expect(broken).toEqual([]);
  });

  const tampered: [string, string, number][] = [
    ['a changed actor', "update journal set actor = 'user:mallory' where instance_id = $1 and seq = 2", 2],
    [
      'a changed event',
      `update journal set events = replace(events, '打印机', '扫描仪') where instance_id = $1 and seq = 1`,
      1,
    ],
    ['a changed time', 'update journal set at = at + 1 where instance_id = $1 and seq = 3', 3],
    ['a row cut out', 'delete from journal where instance_id = $1 and seq = 2', 2],
    ['a row cut off', 'delete from journal where instance_id = $1 and seq = 3', 3],
    ['a hash made new', "update journal set hash = sha256('x') where instance_id = $1 and seq = 2", 2],
  ];
  for (const [what, statement, seq] of tampered) {
    it(`shows ${what} and where`, async () => {
      const id = await played();
      expect(await db.run(statement, [id])).toBe(1);
      expect(await it1.runtime.verifyHistory(id)).toMatchObject({ integrity: { intact: false, seq }, execution: null });
    });
  }

  it('that is forged with a whole new chain is shown by running it again', async () => {
    const id = await played();
    const { hashOfRow, readStored } = await import('../../../server/db/journal.ts');
    const rows = await readStored(db, id);
    let prevHash = rows[0]?.prevHash ?? Buffer.alloc(32);
    for (const row of rows) {
      const forged = { ...row, prevHash, events: row.events.replace('"b"', '"end"') };
      const hash = hashOfRow(forged);
      await db.run('update journal set events = $3, prev_hash = $4, hash = $5 where instance_id = $1 and seq = $2', [
        id,
        row.seq,
        forged.events,
        prevHash,
        hash,
      ]);
      prevHash = hash;
    }
    await db.run('update instances set hash = $2 where id = $1', [id, prevHash]);
    expect(await it1.runtime.verifyHistory(id)).toMatchObject({
      integrity: { intact: true },
      execution: { verdict: 'DIVERGED', seq: 2 },
    });
  });
});
