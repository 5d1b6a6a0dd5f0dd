import { expect, it } from '@jest/globals';
import { insertDedup } from '../../../server/db/dedup.ts';
import { insertFiled } from '../../../server/db/filed-requests.ts';
import { insertSession } from '../../../server/db/sessions.ts';
import { describeDatabase } from '../../support/database.ts';
import { stage } from '../../support/runtime.ts';

const DAY = 24 * 3600_000;

describeDatabase('upkeep', (open) => {
  it('forgets expired sessions, and requests filed more than 30 days ago', async () => {
    const db = await open();
    const { runtime, clock } = stage(db);
    const now = clock.now();
    await db.run(
      `insert into users (login, name, email, theme, shortcuts, roles, groups, disabled, created_at)
       values ('wang', 'Wang', 'wang@example.org', 'auto', true, '{}', '{}', false, 0)`,
    );
    const session = (id: string, expiresAt: number) =>
      insertSession(db, `hash of ${id}`, 'wang', { id, userAgent: '', createdAt: 0, seenAt: 0, expiresAt });
    await session('over', now);
    await session('good', now + 1);
    const filed = (number: string) => ({ number, fingerprint: null });
    await insertFiled(db, 'old', filed('R-1'), now - 30 * DAY - 1);
    await insertFiled(db, 'young', filed('R-2'), now - 30 * DAY);
    await runtime.settle();
    expect(await db.query('select id from sessions')).toEqual([{ id: 'good' }]);
    expect(await db.query('select number from filed_requests')).toEqual([{ number: 'R-2' }]);
    await runtime.stop();
  });

  it('is done by one process at a time, and by another when that one stops', async () => {
    const db = await open();
    const [first, second] = [stage(db), stage(db)];
    await first.runtime.settle();
    const remember = () => insertDedup(db, [{ bucket: 1, kind: 'k', id: 'over', expiresAt: first.clock.now() }]);
    const remembered = async () => (await db.query('select id from dedup')).length;
    await remember();
    await second.runtime.settle();
    expect(await remembered()).toBe(1);
    await first.runtime.stop();
    const third = stage(db);
    await third.runtime.settle();
    expect(await remembered()).toBe(0);
    await Promise.all([second.runtime.stop(), third.runtime.stop()]);
  });
});
