/** The filters of a search as SQL: fields and operators are looked up, values are typed parameters. */
import type { Knex } from 'knex';
import { bucketOfKey, isKey, parsePart } from './key.ts';

/**
 * What values a field has. `key`: a decimal string; `part`: what lives in an instance, named by instance key and
 * counter (key.ts); `instant`: ms since the epoch.
 */
export type FieldKind = 'text' | 'key' | 'part' | 'integer' | 'instant' | 'boolean';

export type Operator = '$eq' | '$neq' | '$exists' | '$gt' | '$gte' | '$lt' | '$lte' | '$in' | '$notIn' | '$like';

/** A value of a field: keys and parts as text, instants as ms. */
export type SearchValue = string | number | boolean;

/** `field operator value`; `$in` and `$notIn` have a list, `$exists` a boolean, `$like` a pattern with `*` and `?`. */
export interface Condition {
  field: string;
  operator: Operator;
  value: SearchValue | readonly SearchValue[];
}

/**
 * A field as the statement has it; all are SQL expressions. `nullable` only costs: say it where it is true.
 * A key with its bucket, and a part always, are found through the primary key.
 */
export type SearchColumn =
  | { kind: Exclude<FieldKind, 'part' | 'key'>; sql: string; nullable?: boolean }
  | { kind: 'key'; sql: string; bucket?: string; nullable?: boolean }
  | { kind: 'part'; bucket: string; instance: string; id: string };

/** SQL with `?` for each of its bindings. */
export interface Fragment {
  sql: string;
  bindings: readonly Knex.RawBinding[];
}

export const SQL_TYPES = {
  text: 'text',
  key: 'bigint',
  integer: 'bigint',
  instant: 'bigint',
  boolean: 'boolean',
} as const;

const nothing: Fragment = { sql: 'false', bindings: [] };

/** Joins conditions; none at all hold with `and`, and do not with `or`. */
export function all(conditions: readonly Fragment[], word: 'and' | 'or' = 'and'): Fragment {
  if (conditions.length === 0) return word === 'and' ? { sql: 'true', bindings: [] } : nothing;
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(` ${word} `),
    bindings: conditions.flatMap(({ bindings }) => bindings),
  };
}

/** What must hold: all conditions, and one of the groups if there are any. */
export function filtersOf(
  columnOf: (field: string) => SearchColumn,
  { conditions, anyOf }: { conditions: readonly Condition[]; anyOf: readonly (readonly Condition[])[] },
): Fragment[] {
  const of = (condition: Condition) => filterOf(columnOf(condition.field), condition);
  const groups = anyOf.map((group) => all(group.map(of)));
  return [...conditions.map(of), ...(groups.length === 0 ? [] : [all(groups, 'or')])];
}

const COMPARED = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;

function filterOf(column: SearchColumn, { operator, value }: Condition): Fragment {
  if (column.kind === 'key') return keyFilter(column, operator, value);
  if (column.kind === 'part') return partFilter(column, operator, value);
  const { sql } = column;
  const type = SQL_TYPES[column.kind];
  switch (operator) {
    case '$eq':
      return { sql: `${sql} = ?::${type}`, bindings: [one(value)] };
    case '$neq':
      return { sql: `${sql} is distinct from ?::${type}`, bindings: [one(value)] };
    case '$exists':
      return { sql: `${sql} is ${value === true ? 'not ' : ''}null`, bindings: [] };
    case '$in':
      return { sql: `${sql} = any(?::${type}[])`, bindings: [texts(value)] };
    case '$notIn':
      return { sql: `${sql} is null or ${sql} <> all(?::${type}[])`, bindings: [texts(value)] };
    case '$like':
      return { sql: `${sql} like ?::text escape '\\'`, bindings: [likePattern(String(value))] };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return { sql: `${sql} ${COMPARED[operator]} ?::${type}`, bindings: [one(value)] };
    default:
      throw new Error(`Expected a known operator, but found ${String(operator satisfies never)}.`);
  }
}

/** A text that cannot be a key equals none. */
function keyFilter(
  { sql, bucket }: Extract<SearchColumn, { kind: 'key' }>,
  operator: Operator,
  value: Condition['value'],
): Fragment {
  const keys = texts(value).filter(isKey);
  if (operator === '$exists') return { sql: `${sql} is ${value === true ? 'not ' : ''}null`, bindings: [] };
  if (operator === '$neq' || operator === '$notIn') {
    return { sql: `${sql} is null or ${sql} <> all(?::bigint[])`, bindings: [keys] };
  }
  expectEquality(operator);
  if (bucket === undefined) return { sql: `${sql} = any(?::bigint[])`, bindings: [keys] };
  return all(
    keys.map((key) => ({ sql: `${bucket} = ?::int and ${sql} = ?::bigint`, bindings: [bucketOfKey(key), key] })),
    'or',
  );
}

function partFilter(
  { bucket, instance, id }: Extract<SearchColumn, { kind: 'part' }>,
  operator: Operator,
  value: Condition['value'],
): Fragment {
  if (operator === '$exists') return value === true ? all([]) : nothing;
  const parts = texts(value).flatMap((text) => parsePart(text) ?? []);
  const equal = all(
    parts.map((part) => ({
      sql: `${bucket} = ?::int and ${instance} = ?::bigint and ${id} = ?::int`,
      bindings: [bucketOfKey(part.instance), part.instance, part.id],
    })),
    'or',
  );
  if (operator === '$neq' || operator === '$notIn') return { sql: `not (${equal.sql})`, bindings: equal.bindings };
  expectEquality(operator);
  return equal;
}

function expectEquality(operator: Operator): void {
  if (operator !== '$eq' && operator !== '$in')
    throw new Error(`Expected keys to be compared for equality, but found ${operator}.`);
}

function list(value: Condition['value']): SearchValue[] {
  return typeof value === 'object' ? [...value] : [value];
}

function texts(value: Condition['value']): string[] {
  return list(value).map(String);
}

function one(value: Condition['value']): SearchValue {
  const [first] = list(value);
  if (first === undefined) throw new Error('Expected a value to compare with, but found none.');
  return first;
}

/** `*` stands for any text and `?` for one character, unless a backslash is before them. */
function likePattern(pattern: string): string {
  return pattern.replace(
    /\\([*?\\])|([%_\\])|([*?])/g,
    (_all, escaped: string | undefined, plain: string | undefined, wild) => {
      if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
      if (plain !== undefined) return `\\${plain}`;
      return wild === '*' ? '%' : '_';
    },
  );
}
