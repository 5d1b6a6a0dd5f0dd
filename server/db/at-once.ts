/**
 * Several statements as one message to the server, which takes them for one transaction: it commits when all of them went
 * well and undoes all when one fails (PostgreSQL, "Extended Query", pipelining: what stands before one Sync).
 */
import pg from 'pg';
import type { PgClient, PgStatement } from './sql.ts';

/** What `pg` has of a connection, as far as its own queries use it. */
interface Connection {
  stream: { cork(): void; uncork(): void };
  /** Texts of prepared statements by their names: those that the server has confirmed, those that are on their way. */
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  _send(message: Buffer): void;
  sync(): void;
}

type Answer = (error: Error | null, counts?: readonly number[]) => void;

/** A query of `pg` that is several. It asks for no rows: what is wanted is the number of rows that each has changed. */
class StatementsAtOnce extends pg.Query {
  /** Of the statement that is being answered: `pg` remembers by them what is prepared. */
  name: string;
  text: string;
  callback: Answer;
  readonly #statements: readonly PgStatement[];
  readonly #counts: number[] = [];

  constructor(statements: readonly PgStatement[], callback: Answer) {
    super({ text: 'several statements' });
    this.#statements = statements;
    this.callback = callback;
    this.name = statements[0]?.name ?? '';
    this.text = statements[0]?.text ?? '';
  }

  override submit = (given: unknown): Error | null => {
    // As `pg` itself calls it.
    const connection = given as Connection;
    const messages: Buffer[] = [];
    const nothing = { value: () => undefined };
    const sender = Object.create(connection, {
      _send: { value: (message: Buffer) => messages.push(message) },
      sync: nothing,
      describe: nothing,
    }) as pg.Connection;
    try {
      for (const statement of this.#statements) {
        const refused: unknown = new pg.Query({ ...statement, queryMode: 'extended' } as pg.QueryConfig).submit(sender);
        if (refused instanceof Error) return refused;
      }
    } catch (error) {
      return error as Error; // A value that cannot be written. Nothing was sent yet.
    }
    connection.stream.cork();
    connection._send(Buffer.concat(messages));
    connection.sync();
    connection.stream.uncork();
    return null;
  };

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleCommandComplete({ text }: { text: string }): void {
    this.#counts.push(Number(/\d+$/.exec(text)?.[0] ?? 0));
    const next = this.#statements[this.#counts.length];
    this.name = next?.name ?? '';
    this.text = next?.text ?? '';
  }

  handleError(error: Error, connection: Connection): void {
    // The server has looked at none of those behind.
    for (const { name } of this.#statements.slice(this.#counts.length)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    }
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#counts);
  }
}

/**
 * Sends them; gives how many rows each has changed.
 * @throws the error of the first that fails: then nothing is done
 */
export function sendAtOnce(client: PgClient, statements: readonly PgStatement[]): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const answer: Answer = (error, counts = []) => (error === null ? resolve(counts) : reject(error));
    void client.query(new StatementsAtOnce(statements, answer));
  });
}
