/**
 * Keys: 63-bit integers, as decimal strings. From the top: 41 bits of milliseconds since 2024-01-01 UTC, 10 bits of a
 * per-process counter, 12 bits of the bucket. So a key routes without a look-up and sorts by time.
 */
import { createHash, randomInt } from 'node:crypto';
import type { Instant } from '../../engine/instance.ts';
import type { Clock } from '../clock.ts';

/** The number of buckets; it never changes. */
export const BUCKETS = 4096;
/** 2024-01-01T00:00:00Z. */
const EPOCH = 1704067200000;
const COUNTER = 1024;
/** So many keys that may lie anywhere share a random bucket: README, "Why keys come in runs". */
const RUN = 64;
const LARGEST = (1n << 63n) - 1n;

/**
 * Draws keys, each larger than the one before; two generators may by chance draw the same one, which the primary key
 * notices.
 */
export interface KeyGenerator {
  /** A fresh key in the bucket, or in a random one that a run of keys shares. */
  next(bucket?: number): string;
  /** What was drawn last is taken: another generator draws there. The next keys lie elsewhere. */
  skip(): void;
}

/** `run`: so many keys in a row that may lie anywhere share a bucket. */
export function keyGenerator(clock: Clock, run = RUN): KeyGenerator {
  let last = 0;
  let counter = 0;
  let bucketOfRun = 0;
  let left = 0;
  const anyBucket = (): number => {
    if (left === 0) [bucketOfRun, left] = [randomInt(BUCKETS), run];
    left -= 1;
    return bucketOfRun;
  };
  const begin = (millisecond: number): void => {
    // At random, so that two processes seldom draw the same key, and with room for all of a millisecond.
    [last, counter] = [millisecond, randomInt(COUNTER / 2)];
  };
  return {
    next(bucket = anyBucket()) {
      const now = clock.now() - EPOCH;
      if (now > last) begin(now);
      else if (counter === COUNTER - 1) [last, counter] = [last + 1, 0];
      else counter += 1;
      return makeKey(last, counter, bucket).toString();
    },
    skip() {
      begin(last + 1);
      left = 0;
    },
  };
}

function makeKey(milliseconds: number, counter: number, bucket: number): bigint {
  return (BigInt(milliseconds) << 22n) | (BigInt(counter) << 12n) | BigInt(bucket);
}

/** The first key that can be drawn at a moment: what was drawn earlier is smaller. */
export function firstKeyAt(at: Instant): string {
  return makeKey(Math.max(0, Math.floor(at) - EPOCH), 0, 0).toString();
}

/** The bucket that a key lives in. */
export function bucketOfKey(key: string): number {
  // 10^12 is a multiple of 4096: the digits before do not count.
  return Number(key.slice(-12)) % BUCKETS;
}

/** Is the text a key (canonical decimal, 63 bits)? */
export function isKey(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= LARGEST;
}

/** The bucket of something that is found by its value: a business key, a login, a message name with its key. */
export function bucketOf(kind: string, value: string): number {
  const digest = createHash('sha256').update(`${kind}\0${value}`).digest();
  return digest.readUInt16BE(0) % BUCKETS;
}

/** The bucket of subscriptions and buffered messages of one name and correlation key. */
export function bucketOfMessage(name: string, key: string): number {
  return bucketOf('message', `${name}\0${key}`);
}

/** What lives inside an instance, as named outside: the instance key followed by its counter in six digits. */
export function formatPart(instance: string, id: number): string {
  return `${instance}${String(id).padStart(6, '0')}`;
}

/** The parts of such a name, or null when the text is none. */
export function parsePart(text: string): { instance: string; id: number } | null {
  const instance = text.slice(0, -6);
  const digits = text.slice(-6);
  return isKey(instance) && /^\d{6}$/.test(digits) ? { instance, id: Number(digits) } : null;
}
