import { createHash } from 'node:crypto';
import { encoderOf } from './arrays.ts';

/** A value of a statement. Arrays become SQL arrays; bigint columns are given and read as decimal strings. */
export type Parameter = string | number | boolean | null | Buffer | readonly Parameter[];

/** Runs statements: a database (any connection, own transaction each) or one open transaction. */
export interface Sql {
  /** Runs one prepared statement and gives its rows; int8 columns are decimal strings. */
  query<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** Runs one prepared statement and gives the number of rows it changed. */
  run(text: string, parameters?: readonly Parameter[]): Promise<number>;
}

interface PgResult {
  rows: object[];
  rowCount: number | null;
  command: string;
}

/** A statement as `pg` takes it. */
export interface PgStatement {
  /** Of the prepared statement, if it is to be one. */
  name?: string;
  text: string;
  values?: unknown[];
}

/** The part of a `pg` client that we use. */
export interface PgClient {
  query(statement: PgStatement): Promise<PgResult>;
}

/** What is known of a statement once its text was seen. */
interface Statement {
  text: string;
  /** Of the prepared statement. */
  name: string;
  /** How to write the parameters that are arrays, by place. */
  encoders: readonly ReturnType<typeof encoderOf>[];
  /** The same for arrays of one element, which are given as such. */
  single: { text: string; name: string } | null;
}

const statements = new Map<string, Statement>();

/** The texts are constants, so the map stays small. */
function statementOf(text: string): Statement {
  let statement = statements.get(text);
  if (statement === undefined) {
    const single = singleOf(text);
    statement = {
      text,
      name: nameOf(text),
      encoders: encodersOf(text),
      single: single === null ? null : { text: single, name: nameOf(single) },
    };
    statements.set(text, statement);
  }
  return statement;
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 20);
}

function encodersOf(text: string): Statement['encoders'] {
  const types: string[] = [];
  for (const [, place, type = ''] of text.matchAll(/\$(\d+)::(\w+)\[\]/g)) {
    const index = Number(place) - 1;
    // What is read as two types is left to the driver.
    types[index] = (types[index] ?? type) === type ? type : '';
  }
  return types.map(encoderOf);
}

/**
 * The statement for one row, null where arrays are more than the rows it is about. To unfold arrays takes longer than a row,
 * and outside of a batch (steady-plans.ts) PostgreSQL plans for them at each call.
 */
function singleOf(text: string): string | null {
  const places = new Set<string>();
  const values = (row: string): string => {
    for (const [place] of row.matchAll(/\$\d+/g)) places.add(place);
    return `values (${row.replaceAll('[]', '')})`;
  };
  const single = text
    .replaceAll(/\bselect \* from unnest\(([^()]*)\)(?=$|\s+on conflict)/g, (_, row: string) => values(row))
    .replaceAll(/\bunnest\(([^()]*)\)(?=\s+(?:as )?\w+ \()/g, (_, row: string) => `(${values(row)})`);
  const mentioned = [...text.matchAll(/\$\d+/g)].filter(([place]) => places.has(place));
  return mentioned.length > places.size || /\[\]|unnest/.test(single) || places.size === 0 ? null : single;
}

function valuesOf({ encoders }: Statement, parameters: readonly Parameter[]): unknown[] {
  return parameters.map((parameter, index) =>
    Array.isArray(parameter) ? (encoders[index]?.(parameter) ?? parameter) : parameter,
  );
}

function isSingle(parameter: Parameter): boolean {
  return !Array.isArray(parameter) || (parameter.length === 1 && !Array.isArray(parameter[0]));
}

function first(parameter: Parameter): Parameter | undefined {
  return Array.isArray(parameter) ? (parameter as readonly Parameter[])[0] : parameter;
}

/** @param prepared use a named statement, which the server plans once per connection */
export function pgStatement(given: string, parameters: readonly Parameter[], prepared: boolean): PgStatement {
  const statement = statementOf(given);
  const single = parameters.every(isSingle) ? statement.single : null;
  const values = single === null ? valuesOf(statement, parameters) : parameters.map(first);
  const { text, name } = single ?? statement;
  return prepared ? { name, text, values } : { text, values };
}

/** @param prepared use named statements */
export function sqlOn(client: PgClient, prepared: boolean): Sql {
  const execute = (text: string, parameters: readonly Parameter[]) =>
    client.query(pgStatement(text, parameters, prepared));
  return {
    // The caller names the row's shape beside the statement that makes it.
    query: async <Row extends object>(text: string, parameters: readonly Parameter[] = []) =>
      (await execute(text, parameters)).rows as Row[],
    run: async (text, parameters = []) => (await execute(text, parameters)).rowCount ?? 0,
  };
}
