/**
 * Several statements that the server answers together and takes for one transaction: it commits when all of them went
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
  /** These write one message each, by `_send`. */
  parse(statement: { name: string; text: string }): void;
  bind(values: { statement: string; values: unknown[]; valueMapper: (value: unknown) => unknown }): void;
  execute(): void;
  sync(): void;
  _send(message: Buffer): void;
}

/** How `pg` writes a value; its types leave it out. */
const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } }).utils;

function isParsed({ parsedStatements, submittedNamedStatements }: Connection, name: string): boolean {
  return parsedStatements[name] !== undefined || submittedNamedStatements[name] !== undefined;
}

/** A client of `pg`, with its connection. */
export type AtOnceClient = PgClient & { connection: Connection };

type Answer = (error: Error | null, counts?: readonly number[]) => void;

/** What `pg` calls when a query may be sent; ours are sent bit by bit. */
function sendNothing(): null {
  return null;
}

/** A query of `pg` that is several. It asks for no rows: what is wanted is the number of rows that each has changed. */
class StatementsAtOnce extends pg.Query {
  /** Of the statement that is being answered: `pg` remembers by them what is prepared. */
  name = '';
  text = '';
  callback: Answer = sendNothing;
  failed = false;
  readonly #statements: PgStatement[] = [];
  readonly #counts: number[] = [];

  constructor() {
    super('several statements');
  }

  override submit = sendNothing;

  add(statements: readonly PgStatement[]): void {
    this.#statements.push(...statements);
    this.#nameNext();
  }

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleCommandComplete({ text }: { text: string }): void {
    this.#counts.push(Number(/\d+$/.exec(text)?.[0] ?? 0));
    this.#nameNext();
  }

  handleError(error: Error, connection: Connection): void {
    this.failed = true;
    // The server has looked at none of those behind.
    for (const { name } of this.#statements.slice(this.#counts.length)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name];
    }
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#counts);
  }

  #nameNext(): void {
    const next = this.#statements[this.#counts.length];
    this.name = next?.name ?? '';
    this.text = next?.text ?? '';
  }
}

/** Statements on their way; they are done together, or none of them. Meanwhile their client is used for nothing else. */
export class AtOnce {
  /** How many rows each has changed. Rejects with the error of the first that fails: then nothing is done. */
  readonly counts: Promise<readonly number[]>;
  readonly #client: AtOnceClient;
  readonly #query: StatementsAtOnce;
  #begun = false;

  constructor(client: AtOnceClient) {
    this.#client = client;
    this.#query = new StatementsAtOnce();
    this.counts = new Promise((resolve, reject) => {
      this.#query.callback = (error, counts = []) => (error === null ? resolve(counts) : reject(error));
    });
  }

  /**
   * Sends some; the server begins with them. Behind the last ones goes what makes it commit and answer.
   * @throws Error when a value cannot be written: nothing of these was sent
   */
  send(statements: readonly PgStatement[], last: boolean): void {
    const { connection } = this.#client;
    // Behind a statement that failed the server would look at nothing, and not remember it as prepared.
    const message = messageOf(this.#query.failed ? [] : statements, connection);
    if (!this.#begun) void this.#client.query(this.#query);
    this.#begun = true;
    this.#query.add(statements);
    connection.stream.cork();
    connection._send(message);
    if (last) connection.sync();
    connection.stream.uncork();
  }
}

function messageOf(statements: readonly PgStatement[], connection: Connection): Buffer {
  const messages: Buffer[] = [];
  const parsed: Record<string, string> = {};
  const writer = {
    _send(message: Buffer) {
      messages.push(message);
    },
  };
  for (const { name = '', text, values = [] } of statements) {
    if (name === '' || !(isParsed(connection, name) || parsed[name] !== undefined)) {
      connection.parse.call(writer, { name, text });
      if (name !== '') parsed[name] = text;
    }
    connection.bind.call(writer, { statement: name, values, valueMapper: prepareValue });
    connection.execute.call(writer);
  }
  Object.assign(connection.submittedNamedStatements, parsed);
  return Buffer.concat(messages);
}
