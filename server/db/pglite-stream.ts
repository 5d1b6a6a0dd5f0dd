import { Duplex } from 'node:stream';

const AUTHENTICATION_OK = [0x52, 0, 0, 0, 8, 0, 0, 0, 0];
const READY_FOR_QUERY = [0x5a, 0, 0, 0, 5, 0x49];
const STARTUP = 0x00;
const QUERY = 0x51;
const SYNC = 0x53;
const TERMINATE = 0x58;

/** Sends one whole request of the wire protocol and gives the server's whole answer. */
export type Exchange = (request: Uint8Array) => Promise<Uint8Array>;

/**
 * The socket that a `pg` client believes to have, over an embedded database: so int8, arrays, errors and row counts are
 * exactly those of PostgreSQL. Messages are held back until the one that asks for an answer (Query or Sync).
 */
export class PgliteStream extends Duplex {
  readonly #exchange: Exchange;
  #held: Buffer[] = [];

  constructor(exchange: Exchange) {
    super();
    this.#exchange = exchange;
  }

  /** `pg` calls these on its socket. */
  connect(): void {
    process.nextTick(() => this.emit('connect'));
  }
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}

  override _read(): void {}

  override _write(message: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#take(message).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  async #take(message: Buffer): Promise<void> {
    if (message[0] === STARTUP) return this.#start();
    if (message[0] === TERMINATE) return;
    this.#held.push(message);
    if (message[0] !== QUERY && message[0] !== SYNC) return;
    const request = Buffer.concat(this.#held);
    this.#held = [];
    this.push(await this.#exchange(new Uint8Array(request)));
  }

  /** The one session is used again: whatever an earlier client left open is undone. */
  async #start(): Promise<void> {
    await this.#exchange(simpleQuery('rollback'));
    await this.#exchange(simpleQuery('discard all'));
    // Its pages are in memory or in the cache of the system: jumping costs hardly more than reading on.
    await this.#exchange(simpleQuery('set random_page_cost = 1.1'));
    this.push(Buffer.from([...AUTHENTICATION_OK, ...READY_FOR_QUERY]));
  }
}

function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.writeUInt8(QUERY, 0);
  head.writeUInt32BE(body.length + 4, 1);
  return new Uint8Array(Buffer.concat([head, body]));
}
