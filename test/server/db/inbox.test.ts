import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import {
  PAGE_SIZE,
  countOfferedTasks,
  countOwnTasks,
  cursorAfter,
  rankTasks,
  selectOfferedTasks,
  selectOwnTasks,
} from '../../../server/db/inbox.ts';
import type { InboxPage, InboxTask } from '../../../server/db/inbox.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { assignTasks, insertCandidates, insertTasks } from '../../../server/db/tasks.ts';
import type { TaskRow } from '../../../server/db/tasks.ts';
import { NEVER } from '../../../server/db/ticket.ts';
import { upsertTickets } from '../../../server/db/tickets.ts';
import { searchQuery, searchWords } from '../../../server/desk/search-text.ts';
import { describeEachDatabase } from '../../support/database.ts';
import { draftOf } from '../../support/ticket.ts';

describeEachDatabase('the stored inbox', (open) => {
  let db: Database;
  beforeEach(async () => {
    db ??= await open({ pool: 1, byBucket: false });
    for (const table of ['tasks', 'task_candidates', 'instances', 'tickets']) await db.run(`delete from ${table}`);
    await db.run(
      `insert into instances (bucket, id, version, hash, release_id, process, status, started_at, snapshot)
       select n, n, 1, '', 1, 'p', 'active', 0, '{}' from generate_series(1, 170) n`,
    );
  });

  const add = (instance: number, change: Partial<TaskRow> = {}) =>
    insertTasks(db, [
      {
        instance: String(instance),
        id: 1,
        process: 'p',
        element: 'work',
        group: null,
        assignee: null,
        dueAt: null,
        followUpAt: null,
        priority: 50,
        form: null,
        createdAt: 0,
        ...change,
      },
    ]);
  const candidate = (instance: number, kind: 'group' | 'user', name: string, dueAt: number | null = null) =>
    insertCandidates(db, [{ instance: String(instance), id: 1, kind, candidate: name, dueAt }]);
  const ticket = (instance: number, dueAt: number, title = '') =>
    upsertTickets(db, [
      { draft: draftOf({ instanceId: String(instance), dueAt, title }), updatedAt: 1, words: searchWords(title) },
    ]);
  const page = (change: Partial<InboxPage> = {}): InboxPage => ({ after: null, search: null, ...change });
  const ids = (tasks: readonly InboxTask[]) => tasks.map(({ instanceId }) => Number(instanceId));
  const offered = async (login: string, groups: string[], change: Partial<InboxPage> = {}) =>
    ids(await selectOfferedTasks(db, login, groups, page(change)));

  it('merges groups and further candidates by what is due next, each task once', async () => {
    await add(1, { group: 'a', dueAt: 30 });
    await add(2, { group: 'b', dueAt: 10 });
    await add(3, { group: 'a' });
    await add(4, { group: 'c', dueAt: 20 });
    await candidate(4, 'group', 'b', 20);
    await candidate(4, 'user', 'bo', 20);
    await add(5, { dueAt: 5 });
    await candidate(5, 'user', 'bo', 5);
    await add(6, { group: 'a', dueAt: 1, assignee: 'dana' });
    expect(await offered('bo', ['a', 'b'])).toEqual([5, 2, 4, 1, 3]);
    expect(await offered('', ['a', 'b'])).toEqual([2, 4, 1, 3]);
    expect(await offered('dana', [])).toEqual([]);
    expect(await countOfferedTasks(db, ['a', 'b', 'd'], 1)).toEqual(new Map(Object.entries({ a: 1, b: 1 })));
    expect(await countOwnTasks(db, 'dana', 10)).toBe(1);
  });

  it('is read page by page without gaps or doubles, also where many are due at the same moment or never', async () => {
    for (let n = 1; n <= 170; n += 1) {
      await add(n, { group: n % 3 === 0 ? 'a' : 'b', dueAt: n % 4 === 0 ? null : n % 2 });
      if (n % 5 === 0) await candidate(n, 'group', 'a', n % 4 === 0 ? null : n % 2);
    }
    const seen: InboxTask[] = [];
    for (let after = null as InboxPage['after']; ;) {
      const tasks = await selectOfferedTasks(db, '', ['a', 'b'], page({ after }));
      seen.push(...tasks);
      const last = tasks[PAGE_SIZE - 1];
      if (!last) break;
      after = cursorAfter(last);
    }
    expect(ids(seen).sort((a, b) => a - b)).toEqual(Array.from({ length: 170 }, (_, index) => index + 1));
    const order = seen.map(({ due }) => due ?? NEVER);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('follows the clocks of a ticket: the earlier of next breach and due date counts', async () => {
    await add(1, { group: 'a', dueAt: 100 });
    await candidate(1, 'user', 'bo', 100);
    await add(2, { group: 'a', dueAt: 50 });
    await candidate(2, 'user', 'bo', 50);
    const both = async () => [await offered('', ['a']), await offered('bo', [])];
    expect(await both()).toEqual([
      [2, 1],
      [2, 1],
    ]);
    await rankTasks(db, [{ instanceId: '1', dueAt: 10 }]);
    expect(await both()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await rankTasks(db, [{ instanceId: '1', dueAt: NEVER }]);
    const [first, second] = await selectOfferedTasks(db, '', ['a'], page());
    expect([first?.due, second?.due]).toEqual([50, 100]);
  });

  it('finds by the words of the ticket, in both lists', async () => {
    await ticket(1, 10, 'printer on fire');
    await ticket(2, 10, 'printer is slow');
    await add(1, { group: 'a' });
    await add(2, { group: 'a' });
    await candidate(2, 'user', 'bo');
    const search = searchQuery('slow');
    expect(await offered('bo', ['a'], { search })).toEqual([2]);
    await assignTasks(db, [{ instance: '2', id: 1, assignee: 'bo' }]);
    expect(await offered('bo', ['a'], { search })).toEqual([]);
    expect(ids(await selectOwnTasks(db, 'bo', page({ search })))).toEqual([2]);
    expect(ids(await selectOwnTasks(db, 'bo', page({ search: searchQuery('fire') })))).toEqual([]);
  });

  it('is in order for the tasks that were there before it was kept in order', async () => {
    await ticket(1, 10);
    await add(1, { group: 'a', dueAt: 20 });
    await candidate(1, 'user', 'bo');
    await add(2, { group: 'a', dueAt: 20 });
    await add(3, { group: 'a' });
    for (const table of ['tasks', 'task_candidates']) await db.run(`alter table ${table} drop column next_due_at`);
    await db.run('alter table task_candidates add column due_at bigint');
    for (const name of ['tasks_of_group', 'tasks_of_assignee', 'task_candidates_by_candidate'])
      await db.run(`create index ${name} on tasks (id)`);
    await db.run("delete from migrations where name = '014_inbox_order.sql'");
    expect(await migrate(db)).toEqual(['014_inbox_order.sql']);
    expect((await selectOfferedTasks(db, '', ['a'], page())).map(({ due }) => due)).toEqual([10, 20, null]);
    expect((await selectOfferedTasks(db, 'bo', [], page())).map(({ due }) => due)).toEqual([10]);
  });
});
