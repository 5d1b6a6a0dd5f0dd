/**
 * Searches that a caller composes: filters and orders over columns that the statement's author allows, page by page
 * with a cursor. No text of a caller becomes SQL: fields, operators and directions are looked up, values are parameters.
 */
import { Rejection } from '../../engine/rejection.ts';
import type { Database } from './database.ts';
import { all, filtersOf, SQL_TYPES } from './search-filters.ts';
import type { Condition, Fragment, SearchColumn } from './search-filters.ts';

/** The place of a row in the order: its sort values. */
export type Place = readonly (string | number | boolean)[];

/** A search as it was read; its fields are known ones. */
export interface Search {
  /** All must hold. */
  conditions: readonly Condition[];
  /** One of these groups must hold as well; empty = nothing more is asked. */
  anyOf: readonly (readonly Condition[])[];
  /** The order; rows that are equal in it are ordered by the table's own key. */
  sort: readonly { field: string; descending: boolean }[];
  /** Rows of the page. */
  limit: number;
  /** Rows to leave out before the page. */
  from: number;
  /** Only what comes after this place. */
  after?: Place;
  /** Only what comes before this place: the page that ends there. */
  before?: Place;
}

/** A page of what was found. */
export interface Found<Row> {
  rows: Row[];
  /** How many there are in all pages together, at most MOST_COUNTED. */
  total: number;
  /** True when there are more than `total`. */
  more: boolean;
  /** Places of the first and the last row; absent when there is none. */
  start?: Place;
  end?: Place;
}

/** How far matches are counted. */
export const MOST_COUNTED = 10_000;

/** What is searched. */
export interface SearchTable {
  /** Columns to give: `t.id, t.name`. */
  select: string;
  /** Tables and joins. */
  from: string;
  columns: Readonly<Record<string, SearchColumn>>;
  /** Fields that no two rows have in common; they end every order. */
  unique: readonly string[];
}

/**
 * Runs a search. `where` are conditions that the fields do not express; their SQL is a constant of the code.
 * @throws Rejection for a cursor of another search
 */
export async function searchTable<Row extends object>(
  db: Pick<Database, 'knex'>,
  table: SearchTable,
  search: Search,
  where: readonly Fragment[] = [],
): Promise<Found<Row>> {
  const order = orderOf(table, search);
  const matching = all([...where, ...filtersOf((field) => columnOf(table, field), search)]);
  const cursor = search.after ?? search.before;
  const reversed = search.before !== undefined;
  const wanted = all([matching, ...(cursor === undefined ? [] : [beyond(order, cursor, reversed)])]);
  const places = order.map(({ sql }, index) => `${sql} as place_${index}`).join(', ');
  const directions = order.map(({ sql, descending }) => `${sql} ${descending === reversed ? 'asc' : 'desc'}`);
  const rows = await query<Row & Record<`place_${number}`, Place[number]>>(db, {
    sql: `select ${table.select}, ${places} from ${table.from} where ${wanted.sql}
      order by ${directions.join(', ')} limit ? offset ?`,
    bindings: [...wanted.bindings, search.limit, search.from],
  });
  if (reversed) rows.reverse();
  const place = (row: (typeof rows)[number] | undefined) =>
    row && order.map((_part, index) => row[`place_${index}`] as Place[number]);
  const whole = cursor === undefined && search.from === 0 && rows.length < search.limit;
  const counted = whole ? rows.length : await count(db, table, matching);
  const [start, end] = [place(rows[0]), place(rows.at(-1))];
  return {
    rows,
    total: Math.min(counted, MOST_COUNTED),
    more: counted > MOST_COUNTED,
    ...(start && end ? { start, end } : {}),
  };
}

/** The refusal of a cursor that was not made by the search that it is given to. */
export function strangeCursor(): Rejection {
  return new Rejection(
    'invalid',
    'Expected a cursor as the last page gave it, with the same sort, but found another. Begin again without a cursor.',
  );
}

async function query<Row>(db: Pick<Database, 'knex'>, { sql, bindings }: Fragment): Promise<Row[]> {
  // Through knex, because a prepared statement for every shape that callers think of would stay for ever.
  const { rows } = await db.knex.raw<{ rows: Row[] }>(sql, bindings);
  return rows;
}

async function count(db: Pick<Database, 'knex'>, table: SearchTable, matching: Fragment): Promise<number> {
  const [row] = await query<{ count: number }>(db, {
    sql: `select count(*)::int as count
      from (select 1 from ${table.from} where ${matching.sql} limit ${MOST_COUNTED + 1}) counted`,
    bindings: matching.bindings,
  });
  return row?.count ?? 0;
}

/** One expression of the order. */
interface OrderPart {
  sql: string;
  type: string;
  descending: boolean;
}

/** How many characters of a text count for the order, so that a cursor stays short. */
const SORTED_TEXT = 50;

function columnOf({ columns }: SearchTable, field: string): SearchColumn {
  const column = columns[field];
  if (column === undefined) throw new Error(`Expected a column for the field ${field}, but found none.`);
  return column;
}

/** Rows without a value come last when ascending. */
function orderOf(table: SearchTable, { sort }: Search): OrderPart[] {
  const named = new Set(sort.map(({ field }) => field));
  const rest = table.unique.filter((field) => !named.has(field)).map((field) => ({ field, descending: false }));
  return [...sort, ...rest].flatMap(({ field, descending }): OrderPart[] => {
    const column = columnOf(table, field);
    if (column.kind === 'part') {
      return [
        { sql: column.instance, type: 'bigint', descending },
        { sql: column.id, type: 'bigint', descending },
      ];
    }
    const type = SQL_TYPES[column.kind];
    const value = column.kind === 'text' ? `left(${column.sql}, ${SORTED_TEXT})` : column.sql;
    if (column.nullable !== true) return [{ sql: value, type, descending }];
    const empty = { text: "''", bigint: '0::bigint', boolean: 'false' }[type];
    return [
      { sql: `(${column.sql} is null)`, type: 'boolean', descending },
      { sql: `coalesce(${value}, ${empty})`, type, descending },
    ];
  });
}

const SHAPES: Record<string, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  boolean: (value) => typeof value === 'boolean',
  bigint: (value) =>
    /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value)),
};

/** What comes after a place in an order, or before it. */
function beyond(order: readonly OrderPart[], place: Place, reversed: boolean): Fragment {
  if (place.length !== order.length || !order.every(({ type }, index) => SHAPES[type]?.(place[index]) === true)) {
    throw strangeCursor();
  }
  const parameters = order.map(({ type }) => `?::${type}`);
  const sign = (part: OrderPart | undefined) => (part?.descending === reversed ? '>' : '<');
  const [first] = order;
  // In this form PostgreSQL uses an index.
  if (order.every((part) => sign(part) === sign(first))) {
    const sql = `(${order.map((part) => part.sql).join(', ')}) ${sign(first)} (${parameters.join(', ')})`;
    return { sql, bindings: place };
  }
  const steps = order.map((part, index) => ({
    sql: [
      ...order.slice(0, index).map((before, at) => `${before.sql} = ${parameters[at] ?? ''}`),
      `${part.sql} ${sign(part)} ${parameters[index] ?? ''}`,
    ].join(' and '),
    bindings: place.slice(0, index + 1),
  }));
  return all(steps, 'or');
}
