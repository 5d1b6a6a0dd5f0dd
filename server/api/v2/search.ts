/**
 * The bodies of searches, `{filter, sort, page}`, and their answers, `{items, page}`. A resource says once which fields
 * it has; from that come the parser, its documentation and the search that server/db or an array is asked.
 */
import { z } from 'zod';
import { strangeCursor } from '../../db/search.ts';
import type { Found, Place, Search } from '../../db/search.ts';
import type { Condition, FieldKind, Operator, SearchValue } from '../../db/search-filters.ts';
import { readBody } from '../read.ts';

/** A field that can be searched. */
export interface SearchField {
  kind: FieldKind;
  /** false: it can only be sorted by. Default true. */
  filter?: boolean;
  /** false: it can only be filtered. Default true. */
  sort?: boolean;
  /** Its name in the statement or the array that is searched, if that is another. */
  column?: string;
  /** The values that it can have, as clients write them, and as they are stored. */
  values?: Readonly<Record<string, string>>;
}

/** A page holds at most so many items. */
const MOST = 1000;
/** How far `from` reaches; further on a cursor is asked for. */
const FURTHEST = 10_000;

const text = z
  .string()
  .max(1000)
  .refine((given) => !given.includes('\0'), { message: 'Expected no NUL characters' });
const key = z.string().regex(/^-?\d{1,25}$/, 'Expected a key of 1 to 25 digits');
const instant = z.iso.datetime({ offset: true, error: 'Expected a date and time as in RFC 3339' });

/** The value of a field as clients write it. */
function valueOf({ kind, values }: SearchField) {
  if (values !== undefined) return z.enum(Object.keys(values) as [string, ...string[]]);
  switch (kind) {
    case 'text':
      return text;
    case 'key':
    case 'part':
      return key;
    case 'integer':
      return z.int();
    case 'instant':
      return instant;
    case 'boolean':
      return z.boolean();
    default:
      throw new Error(`Expected a known kind of field, but found ${String(kind satisfies never)}.`);
  }
}

/** The value itself, or operators that must all hold. */
function filterOf(field: SearchField) {
  const value = valueOf(field);
  if (field.kind === 'boolean') return value.optional();
  const several = z.array(value).min(1).max(1000);
  const operators = z.strictObject({
    $eq: value.optional(),
    $neq: value.optional(),
    $exists: z.boolean().optional(),
    $in: several.optional(),
    $notIn: several.optional(),
    ...(field.kind === 'integer' || field.kind === 'instant'
      ? { $gt: value.optional(), $gte: value.optional(), $lt: value.optional(), $lte: value.optional() }
      : {}),
    ...(field.kind === 'text' ? { $like: text.optional() } : {}),
  });
  return z.union([value, operators]).optional();
}

const page = z
  .strictObject({
    /** Items of the page. */
    limit: z.int().min(1).max(MOST).default(100),
    /** Items to leave out before the page. */
    from: z.int().min(0).max(FURTHEST).default(0),
    /** `endCursor` of the page before. */
    after: z.string().max(2000).optional(),
    /** `startCursor` of the page behind. */
    before: z.string().max(2000).optional(),
  })
  .refine(({ after, before }) => after === undefined || before === undefined, {
    message: 'Expected either "after" or "before", but found both',
  });

/** A search as clients may send it. */
export interface SearchShape<Special extends z.ZodRawShape> {
  /** The body, for the document of the route. */
  body: z.ZodType;
  /** Its member `filter` alone. */
  filter: z.ZodType;
  /** The search in a body, and the filters that the resource does itself. */
  read(body: unknown): { search: Search; special: z.output<z.ZodObject<Special>> };
}

/**
 * Says what a resource can be searched by. `special`: filters of its own, which it does itself.
 * `or`: whether the filter may hold `$or`, a list of filters of which one must hold (the special ones stay outside).
 *
 *     const shape = searchShape({ name: { kind: 'text' }, version: { kind: 'integer' } });
 *     const { search } = shape.read(request.body);
 */
export function searchShape<Special extends z.ZodRawShape = Record<never, never>>(
  fields: Readonly<Record<string, SearchField>>,
  options: { special?: Special; or?: boolean } = {},
): SearchShape<Special> {
  const filters = Object.entries(fields).filter(([, { filter = true }]) => filter);
  const sorted = Object.entries(fields).flatMap(([name, { sort = true }]) => (sort ? [name] : []));
  const simple = Object.fromEntries(filters.map(([name, field]) => [name, filterOf(field)]));
  const filter = z.strictObject({
    ...simple,
    ...options.special,
    ...(options.or === true ? { $or: z.array(z.strictObject(simple)).min(1).max(20).optional() } : {}),
  });
  const body = z.strictObject({
    filter: filter.optional(),
    sort: z
      .array(
        z.strictObject({
          field: z.enum(sorted as [string, ...string[]]),
          order: z.enum(['ASC', 'DESC', 'asc', 'desc']).default('ASC'),
        }),
      )
      .max(5)
      .optional(),
    page: page.optional(),
  });
  return {
    body,
    filter,
    read(given) {
      const read = readBody(body, given);
      const { $or = [], ...rest } = (read.filter ?? {}) as Record<string, unknown> & { $or?: Filter[] };
      const special = Object.fromEntries(Object.keys(options.special ?? {}).map((name) => [name, rest[name]]));
      const sort = (read.sort ?? []).map(({ field, order }) => ({
        field: fields[field]?.column ?? field,
        descending: order.toUpperCase() === 'DESC',
      }));
      const { limit, from, after, before } = read.page ?? page.parse({});
      const search: Search = {
        conditions: conditionsOf(fields, rest),
        anyOf: $or.map((group) => conditionsOf(fields, group)),
        sort,
        limit,
        from,
        ...(after === undefined ? {} : { after: readCursor(after, sort) }),
        ...(before === undefined ? {} : { before: readCursor(before, sort) }),
      };
      // The schema above holds the special fields as they were given.
      return { search, special: special as z.output<z.ZodObject<Special>> };
    },
  };
}

type Filter = Readonly<Record<string, unknown>>;

function conditionsOf(fields: Readonly<Record<string, SearchField>>, filter: Filter): Condition[] {
  return Object.entries(filter).flatMap(([name, given]) => {
    const field = fields[name];
    if (field === undefined || given === undefined) return [];
    const operators = (typeof given === 'object' && given !== null ? given : { $eq: given }) as Operators;
    return Object.entries(operators).flatMap(([operator, value]): Condition[] => {
      if (value === undefined) return [];
      return [{ field: field.column ?? name, operator: operator as Operator, value: stored(field, operator, value) }];
    });
  });
}

type Operators = Partial<Record<Operator, Condition['value']>>;

function stored(field: SearchField, operator: string, value: Condition['value']): Condition['value'] {
  if (operator === '$exists') return value;
  if (typeof value === 'object') return value.map((one) => storedValue(field, one));
  return storedValue(field, value);
}

function storedValue({ kind, values }: SearchField, value: SearchValue): SearchValue {
  if (values !== undefined) return values[String(value)] ?? value;
  return kind === 'instant' ? Date.parse(String(value)) : value;
}

const signature = (sort: Search['sort']) =>
  sort.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join();
const place = z.tuple([z.string()], z.union([z.string(), z.number(), z.boolean()]));

function writeCursor(at: Place, sort: Search['sort']): string {
  return Buffer.from(JSON.stringify([signature(sort), ...at])).toString('base64');
}

function readCursor(cursor: string, sort: Search['sort']): Place {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64').toString());
  } catch {
    throw strangeCursor(); // It is no cursor at all.
  }
  const { success, data } = place.safeParse(read);
  if (!success || data[0] !== signature(sort)) throw strangeCursor();
  return data.slice(1);
}

const pageAnswer = z.object({
  totalItems: z.int(),
  hasMoreTotalItems: z.boolean(),
  startCursor: z.string().optional(),
  endCursor: z.string().optional(),
});

/** The answer of a search for items of this shape, for the document of the route. */
export function searchAnswer(item: z.ZodType): z.ZodType {
  return z.object({ items: z.array(item), page: pageAnswer });
}

/** The answer of a search. */
export function answerOf<Row, Item>(
  { rows, total, more, start, end }: Found<Row>,
  search: Search,
  item: (row: Row) => Item,
) {
  return {
    items: rows.map(item),
    page: {
      totalItems: total,
      hasMoreTotalItems: more,
      ...(start ? { startCursor: writeCursor(start, search.sort) } : {}),
      ...(end ? { endCursor: writeCursor(end, search.sort) } : {}),
    },
  };
}
