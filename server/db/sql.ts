import { createHash } from 'node:crypto';

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

/** The part of a `pg` client that we use. */
export interface PgClient {
  query(config: { name?: string; text: string; values?: unknown[] }): Promise<PgResult>;
}

const names = new Map<string, string>();

/** The name of the prepared statement of a text; the texts are constants, so the map stays small. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
    names.set(text, name);
  }
  return name;
}

/** @param prepared use named statements, which the server plans once per connection */
export function sqlOn(client: PgClient, prepared: boolean): Sql {
  const execute = (text: string, parameters: readonly Parameter[]) =>
    client.query({ ...(prepared ? { name: nameOf(text) } : {}), text, values: [...parameters] });
  return {
    // The caller names the row's shape beside the statement that makes it.
    query: async <Row extends object>(text: string, parameters: readonly Parameter[] = []) =>
      (await execute(text, parameters)).rows as Row[],
    run: async (text, parameters = []) => (await execute(text, parameters)).rowCount ?? 0,
  };
}
