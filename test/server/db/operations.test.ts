import { expect, it } from '@jest/globals';
import { appendOperation, readOperations } from '../../../server/db/operations.ts';
import { describeEachDatabase } from '../../support/database.ts';

const act = {
  stream: 'people',
  at: 1,
  actor: 'user:root',
  action: 'RoleGiven',
  subject: 'li',
  details: { role: 'lead' },
};

describeEachDatabase('the journal of operations', (open) => {
  it('is one chain per stream, also when acts happen at the same moment', async () => {
    const db = await open();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        db.transaction((tx) => appendOperation(tx, { ...act, at: n, subject: `user ${n}` })),
      ),
    );
    await db.transaction((tx) => appendOperation(tx, { ...act, stream: 'audit' }));
    const rows = (await readOperations(db, 'people', 100)).reverse();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(rows.map(({ prevHash }) => prevHash)).toEqual([
      '0'.repeat(64),
      ...rows.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(await readOperations(db, 'audit', 100)).toMatchObject([{ ...act, stream: 'audit', seq: 1 }]);
    expect((await readOperations(db, 'people', 5, 11)).map(({ seq }) => seq)).toEqual([10, 9, 8, 7, 6]);
  });

  it('keeps nothing of an act whose transaction fails', async () => {
    const db = await open();
    const failing = db.transaction(async (tx) => {
      await appendOperation(tx, act);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readOperations(db, 'people', 100)).toEqual([]);
  });
});
