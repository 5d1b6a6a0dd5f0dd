import { beforeAll, describe, expect, it } from '@jest/globals';
import { answerOf, searchShape } from '../../../../server/api/v2/search.ts';
import { searchItems } from '../../../../server/api/v2/search-items.ts';
import type { ItemFields } from '../../../../server/api/v2/search-items.ts';
import type { Database } from '../../../../server/db/database.ts';
import { bucketOfKey, formatPart } from '../../../../server/db/key.ts';
import { MOST_COUNTED, searchTable } from '../../../../server/db/search.ts';
import type { SearchTable } from '../../../../server/db/search.ts';
import { describeEachDatabase } from '../../../support/database.ts';

/** Books on a shelf: what is searched here. */
interface Book {
  key: string;
  page: string;
  title: string;
  copies: number | null;
  state: 'lent' | 'there';
  bought: number;
}

const DAY = 86_400_000;
const titles = ['Anna', 'Bo', 'Chen', '50% off', 'under_score', 'back\\slash', 'star*', '日历'];
const books = Array.from({ length: 40 }, (_, index): Book => {
  const key = String(7_000_000_000_000_000_000n + BigInt(index * 37));
  return {
    key,
    page: formatPart(key, index % 3),
    title: titles[index % titles.length] ?? '',
    copies: index % 5 === 0 ? null : (index * 7) % 11,
    state: index % 2 === 0 ? 'lent' : 'there',
    bought: index * DAY,
  };
});

const shape = searchShape(
  {
    key: { kind: 'key' },
    pageKey: { kind: 'part' },
    title: { kind: 'text' },
    copies: { kind: 'integer' },
    state: { kind: 'text', values: { LENT: 'lent', THERE: 'there' } },
    bought: { kind: 'instant' },
  },
  { or: true },
);

const table: SearchTable = {
  select: 'id, instance_id, number, title, copies, state, bought',
  from: 'books',
  columns: {
    key: { kind: 'key', sql: 'id', bucket: 'bucket' },
    pageKey: { kind: 'part', bucket: 'bucket', instance: 'instance_id', id: 'number' },
    title: { kind: 'text', sql: 'title' },
    copies: { kind: 'integer', sql: 'copies', nullable: true },
    state: { kind: 'text', sql: 'state' },
    bought: { kind: 'instant', sql: 'bought' },
  },
  unique: ['key'],
};

const fields: ItemFields<Book> = {
  key: (book) => book.key,
  pageKey: (book) => book.page,
  title: (book) => book.title,
  copies: (book) => book.copies,
  state: (book) => book.state,
  bought: (book) => book.bought,
};

interface Answer {
  items: string[];
  page: { totalItems: number; hasMoreTotalItems: boolean; startCursor?: string; endCursor?: string };
}
type Ask = (body: unknown) => Promise<Answer>;

const inArray: Ask = (body) => {
  const { search } = shape.read(body);
  return Promise.resolve(answerOf(searchItems(books, fields, ['key'], search), search, ({ key }) => key));
};

async function inTable(db: Database, body: unknown): Promise<Answer> {
  const { search } = shape.read(body);
  return answerOf(await searchTable<{ id: string }>(db, table, search), search, ({ id }) => id);
}

async function fill(db: Database): Promise<void> {
  await db.run(`create table books (bucket int not null, id bigint primary key, instance_id bigint not null,
    number int not null, title text collate "C" not null, copies int, state text not null, bought bigint not null)`);
  for (const { key, page, title, copies, state, bought } of books) {
    const number = Number(page.slice(-6));
    await db.run('insert into books values ($1, $2, $2, $3, $4, $5, $6, $7)', [
      bucketOfKey(key),
      key,
      number,
      title,
      copies,
      state,
      bought,
    ]);
  }
}

const key = (index: number) => books[index]?.key ?? '';
const keysOf = (holds: (book: Book, index: number) => boolean) => books.filter(holds).map((book) => book.key);

const filters: [string, unknown, string[]][] = [
  ['a plain value', { title: 'Bo' }, keysOf(({ title }) => title === 'Bo')],
  ['$eq', { copies: { $eq: 3 } }, keysOf(({ copies }) => copies === 3)],
  ['$neq, which nothing is too', { copies: { $neq: 3 } }, keysOf(({ copies }) => copies !== 3)],
  ['$exists', { copies: { $exists: false } }, keysOf(({ copies }) => copies === null)],
  [
    'several operators',
    { copies: { $gt: 2, $lte: 7 } },
    keysOf(({ copies }) => copies !== null && copies > 2 && copies <= 7),
  ],
  [
    '$gte and $lt of dates',
    { bought: { $gte: '1970-01-03T00:00:00Z', $lt: '1970-01-05T02:00:00+02:00' } },
    [key(2), key(3)],
  ],
  ['$in', { title: { $in: ['Bo', 'Chen'] } }, keysOf(({ title }) => title === 'Bo' || title === 'Chen')],
  ['$notIn', { copies: { $notIn: [1, 2] } }, keysOf(({ copies }) => copies !== 1 && copies !== 2)],
  ['$like with a star', { title: { $like: '*n*' } }, keysOf(({ title }) => title.includes('n'))],
  ['$like with a question mark', { title: { $like: 'B?' } }, keysOf(({ title }) => title === 'Bo')],
  ['$like of a character outside of ASCII', { title: { $like: '??' } }, keysOf(({ title }) => [...title].length === 2)],
  ['$like, in which % is itself', { title: { $like: '50% *' } }, keysOf(({ title }) => title === '50% off')],
  ['$like, in which _ is itself', { title: { $like: '*r_s*' } }, keysOf(({ title }) => title === 'under_score')],
  ['$like with an escaped star', { title: { $like: 'star\\*' } }, keysOf(({ title }) => title === 'star*')],
  ['$like with a backslash', { title: { $like: 'back\\\\s*' } }, keysOf(({ title }) => title === 'back\\slash')],
  ['a text of SQL', { title: "'; drop table books; --" }, []],
  ['a key', { key: key(7) }, [key(7)]],
  ['keys', { key: { $in: [key(3), key(5), '12'] } }, [key(3), key(5)]],
  ['a key that is none', { key: '9999999999999999999999999' }, []],
  ['all keys but one', { key: { $neq: key(0) } }, keysOf((_, index) => index > 0)],
  ['a part of an instance', { pageKey: formatPart(key(4), 1) }, [key(4)]],
  ['parts', { pageKey: { $notIn: [formatPart(key(4), 1)] } }, keysOf((_, index) => index !== 4)],
  ['a value that clients write differently', { state: 'LENT' }, keysOf(({ state }) => state === 'lent')],
  ['a list of such', { state: { $in: ['THERE'] } }, keysOf(({ state }) => state === 'there')],
  [
    '$or',
    { title: 'Bo', $or: [{ copies: 7 }, { copies: { $exists: false } }] },
    keysOf(({ title, copies }) => title === 'Bo' && (copies === 7 || copies === null)),
  ],
];

const sorts = [
  [],
  [{ field: 'copies', order: 'ASC' }],
  [{ field: 'copies', order: 'DESC' }, { field: 'title' }],
  [{ field: 'title', order: 'desc' }],
  [{ field: 'state' }, { field: 'pageKey', order: 'DESC' }],
  [
    { field: 'bought', order: 'DESC' },
    { field: 'key', order: 'DESC' },
  ],
];

function describeSearch(open: () => Promise<Ask>): void {
  let ask: Ask;
  beforeAll(async () => {
    ask = await open();
  }, 180_000);

  it.each(filters)('finds by %s', async (_name, filter, expected) => {
    const { items, page } = await ask({ filter });
    expect(items).toEqual(expected);
    expect(page).toMatchObject({ totalItems: expected.length, hasMoreTotalItems: false });
  });

  it.each(sorts.map((sort) => [sort]))('walks forwards and backwards by %j', async (sort) => {
    const whole = await ask({ sort });
    expect([...whole.items].sort()).toEqual(books.map((book) => book.key).sort());
    const forwards: string[] = [];
    let last = await ask({ sort, page: { limit: 7 } });
    for (let { page } = last; last.items.length > 0; page = last.page) {
      forwards.push(...last.items);
      expect(page.totalItems).toBe(40);
      last = await ask({ sort, page: { limit: 7, after: page.endCursor } });
    }
    expect(forwards).toEqual(whole.items);
    const backwards: string[] = [];
    let first = await ask({ sort, page: { limit: 7, from: 38 } });
    for (; first.items.length > 0; first = await ask({ sort, page: { limit: 9, before: first.page.startCursor } })) {
      backwards.unshift(...first.items);
    }
    expect(backwards).toEqual(whole.items);
  });

  it('puts what has no value last when ascending, and first when descending', async () => {
    const nothing = new Set(keysOf(({ copies }) => copies === null));
    const at = async (order: string, from: number) => {
      const { items } = await ask({ sort: [{ field: 'copies', order }], page: { from, limit: 8 } });
      return items.every((item) => nothing.has(item));
    };
    expect([await at('ASC', 32), await at('DESC', 0)]).toEqual([true, true]);
  });

  it('refuses a cursor that it did not make', async () => {
    const { page } = await ask({ page: { limit: 1 } });
    const cursor = (...place: unknown[]) => Buffer.from(JSON.stringify(['', ...place])).toString('base64');
    for (const body of [
      { page: { after: 'x' } },
      { page: { after: Buffer.from('[""]').toString('base64') } },
      { page: { after: page.endCursor }, sort: [{ field: 'title' }] },
      ...(ask === inArray ? [] : [{ page: { before: cursor("' or true --") } }]),
      ...(ask === inArray ? [] : [{ page: { before: cursor('9223372036854775808') } }]),
      ...(ask === inArray ? [] : [{ page: { before: cursor('\0') } }]),
    ]) {
      await expect((async () => ask(body))()).rejects.toThrow('Expected a cursor as the last page gave it');
    }
  });
}

describe('a search in an array', () => describeSearch(() => Promise.resolve(inArray)));

describeEachDatabase('a search in a table', (open) => {
  let db: Database;
  describeSearch(async () => {
    db = await open();
    await fill(db);
    return (body) => inTable(db, body);
  });

  it(`counts to ${MOST_COUNTED} and says that there are more`, async () => {
    const many = `(select b.* from books b cross join generate_series(1, 251)) as books`;
    const found = await searchTable(db, { ...table, from: many }, shape.read({}).search);
    expect([found.total, found.more]).toEqual([10_000, true]);
  });
});

describe('what a search is asked', () => {
  const refusal = (body: unknown): string => {
    try {
      shape.read(body);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is refused where nobody would read it, naming place and remedy', () => {
    expect(refusal({ filters: {} })).toBe(
      'Expected only filter, sort, page in the body, but found "filters". Remove it.',
    );
    expect(refusal({ filter: { titel: 'x' } })).toContain('in "filter", but found "titel". Remove it.');
    expect(refusal({ filter: { title: { $regex: 'x' } } })).toBe(
      'Expected only $eq, $neq, $exists, $in, $notIn, $like in "filter.title", but found "$regex". Remove it.',
    );
    expect(refusal({ filter: { $or: [{ titel: 'x' }] } })).toContain('in "filter.$or.0", but found "titel"');
    expect(refusal({ sort: [{ field: 'price' }] })).toContain('at "sort.0.field": ');
    expect(refusal({ page: { limit: 1001 } })).toContain('at "page.limit": ');
    expect(refusal({ page: { after: 'a', before: 'b' } })).toContain('either "after" or "before"');
  });

  it('is refused where a value does not fit its field', () => {
    for (const filter of [
      { copies: '3' },
      { copies: { $like: '3*' } },
      { bought: 'yesterday' },
      { key: 'abc' },
      { state: 'STOLEN' },
      { title: { $gt: 'a' } },
      { title: 'a\0' },
    ]) {
      expect(`${JSON.stringify(filter)} ${refusal({ filter })}`).toMatch(/ .*"filter\.\w+/);
    }
  });
});
