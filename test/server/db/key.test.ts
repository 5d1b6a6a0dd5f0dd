import { describe, expect, it } from '@jest/globals';
import { movableClock } from '../../../server/clock.ts';
import {
  bucketOf,
  bucketOfKey,
  bucketOfMessage,
  formatPart,
  isKey,
  keyGenerator,
  parsePart,
} from '../../../server/db/key.ts';

const START = Date.UTC(2026, 0, 1);

describe('keys', () => {
  it('carry their bucket', () => {
    const key = keyGenerator(movableClock(START)).next(4095);
    expect(isKey(key)).toBe(true);
    expect(bucketOfKey(key)).toBe(4095);
  });

  it('ascend within one process, even when the clock stands still or goes back', () => {
    const clock = movableClock(START);
    const keys = keyGenerator(clock, 1);
    const drawn = Array.from({ length: 5000 }, () => BigInt(keys.next()));
    clock.advance(-60_000);
    drawn.push(BigInt(keys.next()));
    clock.advance(60_001);
    drawn.push(BigInt(keys.next()));
    const inTurn = drawn.every((key, at) => at === 0 || key > (drawn[at - 1] ?? key));
    expect(inTurn).toBe(true);
  });

  it('that may lie anywhere come in runs of one bucket, each run elsewhere', () => {
    const keys = keyGenerator(movableClock(START));
    const buckets = Array.from(
      { length: 20 },
      () => new Set(Array.from({ length: 64 }, () => bucketOfKey(keys.next()))),
    );
    expect(buckets.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(buckets.flatMap((run) => [...run])).size).toBeGreaterThan(10);
  });

  it('lie elsewhere, and still ascend, after those that another process drew were skipped', () => {
    const keys = keyGenerator(movableClock(START));
    const drawn = Array.from({ length: 20 }, () => {
      const key = keys.next();
      keys.skip();
      return key;
    });
    expect(new Set(drawn.map(bucketOfKey)).size).toBeGreaterThan(10);
    expect([...drawn].sort((one, other) => Number(BigInt(one) - BigInt(other)))).toEqual(drawn);
  });

  it('sort by time', () => {
    const clock = movableClock(START);
    const keys = keyGenerator(clock);
    const before = keys.next(4095);
    clock.advance(1);
    expect(BigInt(keys.next(0)) > BigInt(before)).toBe(true);
  });

  it('fit into 63 bits until 2093', () => {
    expect(isKey(keyGenerator(movableClock(Date.UTC(2093, 0, 1))).next(4095))).toBe(true);
    expect(isKey('9223372036854775808')).toBe(false);
    expect(isKey('0123')).toBe(false);
    expect(isKey('12x')).toBe(false);
  });

  it('name the parts of an instance by six more digits', () => {
    expect(formatPart('12345', 12)).toBe('12345000012');
    expect(parsePart('12345000012')).toEqual({ instance: '12345', id: 12 });
    expect(parsePart('000012')).toBeNull();
    expect(parsePart('12x45000012')).toBeNull();
  });
});

describe('buckets of values', () => {
  it('never change: rows were stored by them', () => {
    expect(bucketOf('business-key', 'R-100001')).toBe(3915);
    expect(bucketOfMessage('requester.replied', 'R-100001')).toBe(bucketOf('message', 'requester.replied\0R-100001'));
  });

  it('spread evenly', () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 40_960; n += 1) {
      const bucket = bucketOf('test', String(n));
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThan(4080);
    expect(Math.max(...counts.values())).toBeLessThan(35);
  });
});
