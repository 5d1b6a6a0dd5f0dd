/**
 * Requests that are repeated: the caller gives each of them a key, and whoever sends the same key again gets what the
 * first one brought about. The key is written in the transaction of the command, so it is known exactly when the
 * command is; the first answer is then read from the journal. A request that was refused is not remembered. Where a
 * transaction keeps to one bucket (Citus) the key is bound to its request before, in a bucket of its own.
 */
import { createHash } from 'node:crypto';
import { Rejection, replay } from '../../engine/index.ts';
import type { Instant, Outcome } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readJournal } from '../db/journal.ts';
import {
  bucketOfRequest,
  deleteRequest,
  insertRequests,
  readRequests,
  updateAnswer,
  updateExpiry,
} from '../db/requests.ts';
import type { RequestRow } from '../db/requests.ts';
import type { Sql } from '../db/sql.ts';
import { AlreadyDone } from './guard.ts';
import type { Guard, Remembered } from './guard.ts';
import { Overloaded } from './submit.ts';

/** How long a key is remembered, ms. */
const REMEMBERED = 24 * 3600_000;
/** As long an unanswered request counts as under way, ms. */
const UNDER_WAY = 60_000;
/** What takes longer counts as under way no longer, ms. */
const LONGEST = 15 * 60_000;

/** A key that makes a request repeatable. */
export interface RequestKey {
  /** Who gives it: keys of different callers are different. */
  caller: string;
  /** Text of the caller's choice. */
  key: string;
  /** Whatever tells this request from others: another one with the same key is refused. */
  fingerprint: string;
}

/** Options of a command that can be repeated. */
export interface Repeatable {
  once?: RequestKey;
}

/** The key was used for another request (HTTP 422). Nothing was done. */
export class KeyReused extends Error {
  override readonly name = 'KeyReused';
  constructor(key: string) {
    super(
      `Expected the key "${key}" to come with the request that it was first used for, but found another request. ` +
        'Take a new key for each request.',
    );
  }
}

/** The first request with the same key was not answered yet; it may still be refused. */
export class UnderWay extends Overloaded {
  constructor() {
    super('Expected the first request with this key to be answered, but it is under way. Send it again later.');
  }
}

interface OnceOptions {
  db: Database;
  clock: Clock;
}

/** What the first request brought about. */
export interface First {
  /** null when it moved no instance. */
  outcome: Outcome | null;
  answer: string | null;
}

/**
 * Acts, with the guard that remembers the key, in a bucket; when it is known already, gives what it brought about instead.
 * @param bucket that of what is moved: there the key is remembered where a transaction keeps to one bucket
 * @throws KeyReused
 */
export async function actOnce<T>(
  options: OnceOptions,
  once: RequestKey | undefined,
  act: (guards: readonly Guard[], bucket?: number) => Promise<T>,
  again: (first: First) => T,
  bucket?: number,
): Promise<T> {
  if (once === undefined) return act([]);
  const { db, clock } = options;
  const request = remembered(once, clock.now(), db.citus ? bucket : undefined);
  const { bound, first } = await bind(db, once, request);
  if (first !== null) return again(await toldBy(db, first));
  try {
    return await doOnce(db, once, request, act, again);
  } catch (error) {
    // What was refused is not remembered. Should this fail, the key stays with this request.
    if (bound !== null && error instanceof Rejection && !(error instanceof AlreadyDone))
      await deleteRequest(db, bound).catch(() => undefined);
    throw error;
  }
}

/**
 * Where the key lies in another bucket than what is moved: keeps it for this request. `first`: it was done already, when
 * both lay in one bucket.
 */
async function bind(
  db: Database,
  once: RequestKey,
  request: Remembered,
): Promise<{ bound: Remembered | null; first: RequestRow | null }> {
  const own = { ...request, bucket: bucketOfRequest(request.hash) };
  if (own.bucket === request.bucket) return { bound: null, first: null };
  const added = await insertRequests(db, [{ ...own, instance: null, seq: null, answer: null }]);
  if (added > 0) return { bound: own, first: null };
  const row = await find(db, once, own);
  return { bound: null, first: row === null || (row.seq === null && row.answer === null) ? null : row };
}

async function toldBy(db: Database, row: RequestRow): Promise<First> {
  return { outcome: await outcomeOf(db, row), answer: row.answer };
}

/**
 * Acts, with the guard that remembers the request; when it is known already, gives what it brought about instead.
 * @throws KeyReused
 */
export async function doOnce<T>(
  db: Database,
  once: RequestKey,
  request: Remembered,
  act: (guards: readonly Guard[], bucket: number) => Promise<T>,
  again: (first: First) => T,
): Promise<T> {
  try {
    return await act([{ type: 'request', request, answer: null }], request.bucket);
  } catch (error) {
    // Whatever it is refused for now: was it done before?
    if (!(error instanceof Rejection || error instanceof UnderWay)) throw error;
    const row = await find(db, once, request);
    if (row === null) throw error;
    return again(await toldBy(db, row));
  }
}

/** Of a command on one instance. */
export function firstOutcome({ outcome }: First): Outcome {
  if (outcome === null) throw new Error('Expected the first request with this key to have moved an instance.');
  return outcome;
}

/** How something is done that is no command on one instance. */
export interface Doing<T> {
  /** Under this name each instance is moved once. */
  name: string;
  /**
   * Notes the answer in the transaction that does it, so that it is known exactly when it is done.
   * @throws UnderWay somebody else did it, or is at it
   */
  note: (tx: Sql, answer: T) => Promise<void>;
}

/**
 * For what is no command on one instance: does it and notes the answer, at the latest when it is done. What was begun and
 * never answered, since its server stopped, is gone on with; its answer names what was still to be done.
 * @param act without a key nothing is given to it
 * @throws KeyReused; Overloaded while the first request with this key may still be under way
 */
export async function answerOnce<T>(
  { db, clock }: OnceOptions,
  once: RequestKey | undefined,
  act: (doing?: Doing<T>) => Promise<T>,
): Promise<T> {
  if (once === undefined) return act();
  const request = remembered(once, clock.now());
  const added = await insertRequests(db, [{ ...request, instance: null, seq: null, answer: null }]);
  if (added === 0) {
    const begun = await find(db, once, request);
    // What is noted was written as a T by the request with this fingerprint.
    if (begun !== null && begun.answer !== null) return JSON.parse(begun.answer) as T;
    const since = (begun?.expiresAt ?? request.expiresAt) - REMEMBERED;
    if (since + UNDER_WAY > clock.now()) throw new UnderWay();
    // Of several that want to go on with it one does.
    if (!(await updateExpiry(db, request, request.expiresAt, begun?.expiresAt))) throw new UnderWay();
  }
  const answer = await whileUnderWay({ db, clock }, request, () =>
    act({
      name: request.hash,
      async note(tx, told) {
        if (!(await updateAnswer(tx, request, JSON.stringify(told)))) throw new UnderWay();
      },
    }),
  );
  // Should this fail, it is known that something was begun, and the next one with the key goes on with it.
  await updateAnswer(db, request, JSON.stringify(answer));
  return answer;
}

/**
 * Lets others know that it is still being done, as long as nobody else has gone on with it. When it is refused the key is
 * forgotten.
 */
async function whileUnderWay<T>({ db, clock }: OnceOptions, request: Remembered, act: () => Promise<T>): Promise<T> {
  const end = clock.now() + LONGEST;
  let own = request.expiresAt;
  const renew = async (): Promise<void> => {
    const next = clock.now() + REMEMBERED;
    if (clock.now() < end && (await updateExpiry(db, request, next, own))) own = next;
  };
  // Should this fail the key counts as under way for a while, then no longer: both are safe.
  const renewing = setInterval(() => void renew().catch(() => undefined), UNDER_WAY / 3);
  try {
    return await act();
  } catch (error) {
    // Should this fail as well, the next one with the key has to wait until nothing can be under way.
    await deleteRequest(db, request, own).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
  }
}

/** As it is stored, in the bucket of its own hash unless another one is named. */
export function remembered({ caller, key, fingerprint }: RequestKey, now: Instant, bucket?: number): Remembered {
  const hash = digest(`${caller}\0${key}`);
  const expiresAt = now + REMEMBERED;
  return { bucket: bucket ?? bucketOfRequest(hash), hash, fingerprint: digest(fingerprint), expiresAt };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

async function find(db: Database, { key }: RequestKey, request: Remembered): Promise<RequestRow | null> {
  const [row] = await readRequests(db, [request]);
  if (row === undefined) return null;
  if (row.fingerprint !== request.fingerprint) throw new KeyReused(key);
  return row;
}

/** The instance as it was after the command, and the events of the command; null when no instance was moved. */
export async function outcomeOf(db: Database, { instance: id, seq }: RequestRow): Promise<Outcome | null> {
  if (id === null || seq === null) return null;
  const rows = await readJournal(db, id);
  const instance = replay(rows, seq);
  const row = rows.find((it) => it.seq === seq);
  if (instance === null || row === undefined) {
    throw new Error(`Expected the journal of instance ${id} to have row ${seq}, but it has ${rows.length} rows.`);
  }
  return { instance, events: row.events };
}
