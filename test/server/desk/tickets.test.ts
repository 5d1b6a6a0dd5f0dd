import { beforeAll, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { bucketOfKey } from '../../../server/db/key.ts';
import { insertNotes, selectNotes } from '../../../server/db/ticket-notes.ts';
import {
  countTickets,
  selectTicket,
  selectTicketOf,
  selectTickets,
  upsertTickets,
} from '../../../server/db/tickets.ts';
import type { TicketDraft } from '../../../server/db/ticket.ts';
import { searchQuery, searchWords } from '../../../server/desk/search-text.ts';
import { NEVER } from '../../../server/db/ticket.ts';
import { describeDatabase } from '../../support/database.ts';
import { draftOf } from '../../support/ticket.ts';

const draft = draftOf({
  number: 'R-100001',
  title: '登录报错 403',
  description: 'Cannot sign in',
  clocks: [{ name: 'response', warnAt: 10, breachAt: 20, breached: false }],
});

describeDatabase('the stored tickets', (open) => {
  let db: Database;
  const store = (change: Partial<TicketDraft>, updatedAt: number) => {
    const given = { ...draft, ...change };
    const words = searchWords(given.number, given.title, given.description);
    return db.transaction((tx) => upsertTickets(tx, [{ draft: given, updatedAt, words }]));
  };

  beforeAll(async () => {
    db = await open({ pool: 1 });
  }, 180_000);

  it('keep their state when the flow position does not say', async () => {
    await store({}, 1);
    await store({ state: null, assignee: 'bo' }, 2);
    const ticket = await selectTicket(db, bucketOfKey('4097'), 'R-100001');
    expect(ticket).toMatchObject({ state: 'assigned', assignee: 'bo', updatedAt: 2, clocks: draft.clocks });
  });

  it('remember since when a group has them', async () => {
    await store({ group: 'dba', tier: 'L2' }, 5);
    await store({ group: 'dba', tier: 'L2', state: 'in_progress' }, 9);
    expect(await selectTicketOf(db, '4097')).toMatchObject({ groupSince: 5, updatedAt: 9, state: 'in_progress' });
  });

  it('are listed page by page, by the next breach, without gaps or doubles', async () => {
    const drafts = Array.from({ length: 25 }, (_, index) => ({
      draft: {
        ...draft,
        instanceId: String(10_000 + index),
        number: `R-2${index}`,
        dueAt: index % 3 === 0 ? NEVER : 100 + (index % 5),
      },
      updatedAt: index,
      words: ['bulk'],
    }));
    await upsertTickets(db, drafts);
    const seen: string[] = [];
    let after: { at: number; instanceId: string } | undefined;
    for (;;) {
      const page = await selectTickets(db, { state: 'open', query: "'bulk'" }, 'due', 7, after);
      seen.push(...page.map((ticket) => ticket.number));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { at: last.dueAt, instanceId: last.instanceId };
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect(await countTickets(db, { query: "'bulk'" }, 11)).toBe(11);
  });

  it('are found by parts of Chinese and latin words, and by number', async () => {
    const find = async (text: string) => {
      const query = searchQuery(text) ?? '';
      return (await selectTickets(db, { query }, 'updated', 10)).map((ticket) => ticket.number);
    };
    expect(await find('报错')).toEqual(['R-100001']);
    expect(await find('sign 登')).toEqual(['R-100001']);
    expect(await find('100001')).toEqual(['R-100001']);
    expect(await find('r-1000')).toEqual(['R-100001']);
    expect(await find("报表 ' & !")).toEqual([]);
  });

  it('are restricted by person, group, priority and state', async () => {
    const numbers = async (filter: Parameters<typeof selectTickets>[1]) =>
      (await selectTickets(db, filter, 'updated', 100)).map((ticket) => ticket.number);
    expect(await numbers({ group: 'dba' })).toEqual(['R-100001']);
    expect(await numbers({ state: 'in_progress' })).toEqual(['R-100001']);
    expect(await numbers({ requester: 'nobody' })).toEqual([]);
    await store({ endedAt: 10, state: 'closed' }, 10);
    expect(await numbers({ group: 'dba', state: 'open' })).toEqual([]);
  });

  it('keep their conversation in order, once', async () => {
    const note = {
      instanceId: '4097',
      id: 3,
      at: 7,
      actor: 'user:bo',
      audience: 'public' as const,
      text: 'Hello',
      to: [],
    };
    const notice = { ...note, id: 2, audience: 'notice' as const, text: 'Told', to: ['dba', 'anna'] };
    await db.transaction((tx) => insertNotes(tx, [note, notice]));
    await db.transaction((tx) => insertNotes(tx, [note]));
    const notes = await selectNotes(db, '4097');
    expect(notes.map((one) => [one.id, one.text, one.to])).toEqual([
      [2, 'Told', ['dba', 'anna']],
      [3, 'Hello', []],
    ]);
  });
});
