import { describe, expect, it } from '@jest/globals';
import { firstDue, nextDue, nextDueAfter, type Due } from '../../engine/index.ts';

const NOON = Date.UTC(2026, 0, 31, 12);
const iso = (due: Due | null): string | null => (due ? new Date(due.due).toISOString() : null);

/** The first so many due times. */
function dues(first: Due | null, count: number): (string | null)[] {
  const found: (string | null)[] = [];
  for (let due = first; due && found.length < count; due = nextDue(due)) found.push(iso(due));
  return found;
}

describe('a date', () => {
  it('without offset is the wall clock of the zone', () => {
    expect(iso(firstDue('date', '2026-07-01T08:00:00', NOON, 'Europe/Berlin'))).toBe('2026-07-01T06:00:00.000Z');
  });

  it('may name its zone', () => {
    expect(iso(firstDue('date', '2026-01-01T08:00:00[Europe/Berlin]', NOON))).toBe('2026-01-01T07:00:00.000Z');
    expect(iso(firstDue('date', '2026-01-01T08:00:00+01:00[Europe/Berlin]', NOON))).toBe('2026-01-01T07:00:00.000Z');
    expect(() => firstDue('date', '2026-01-01T08:00:00[Nowhere/Else]', NOON)).toThrow(/Nowhere/);
  });
});

describe('a repeating interval', () => {
  it('of months is counted from its start, so that the end of a short month does not stay', () => {
    expect(dues(firstDue('cycle', 'R/2026-01-31T12:00:00Z/P1M', 0), 4)).toEqual([
      '2026-01-31T12:00:00.000Z',
      '2026-02-28T12:00:00.000Z',
      '2026-03-31T12:00:00.000Z',
      '2026-04-30T12:00:00.000Z',
    ]);
    expect(dues(firstDue('cycle', 'R2/P1M', NOON), 4)).toEqual([
      '2026-02-28T12:00:00.000Z',
      '2026-03-31T12:00:00.000Z',
    ]);
  });

  it('of days keeps its hour where the clock is changed', () => {
    expect(dues(firstDue('cycle', 'R3/2026-03-28T08:00:00[Europe/Berlin]/P1D', 0), 4)).toEqual([
      '2026-03-28T07:00:00.000Z',
      '2026-03-29T06:00:00.000Z',
      '2026-03-30T06:00:00.000Z',
    ]);
  });

  it('of hours is as long every time', () => {
    const first = firstDue('cycle', 'R2/PT1H', NOON);
    expect(first).toEqual({ due: NOON + 3_600_000, repeat: { left: 1, every: 'PT1H' } });
    expect(dues(first, 3)).toHaveLength(2);
    expect(firstDue('cycle', 'R0/PT1H', NOON)).toBeNull();
  });
});

describe('a cron text', () => {
  it('has six fields, names of weekdays and ranges', () => {
    // 2026-01-30 is a Friday.
    expect(dues(firstDue('cycle', '0 0 16-17 * * MON-FRI', Date.UTC(2026, 0, 30, 16)), 2)).toEqual([
      '2026-01-30T17:00:00.000Z',
      '2026-02-02T16:00:00.000Z',
    ]);
    expect(iso(firstDue('cycle', '0 0 9 1 * ?', NOON))).toBe('2026-02-01T09:00:00.000Z');
    expect(iso(firstDue('cycle', '@daily', NOON))).toBe('2026-02-01T00:00:00.000Z');
  });

  it('needs both the day of the month and the weekday when both are given', () => {
    expect(iso(firstDue('cycle', '0 0 0 13 * FRI', NOON))).toBe('2026-02-13T00:00:00.000Z');
    expect(iso(firstDue('cycle', '0 0 0 13 4-12 FRI', NOON))).toBe('2026-11-13T00:00:00.000Z');
  });

  it('goes by the clock of its zone, also on the days when that is changed', () => {
    const before = Date.UTC(2026, 2, 28, 2);
    expect(dues(firstDue('cycle', '0 30 2 * * *', before, 'Europe/Berlin'), 3)).toEqual([
      '2026-03-29T01:00:00.000Z', // 02:30 does not exist
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
    const autumn = Date.UTC(2026, 9, 24, 12);
    expect(dues(firstDue('cycle', '0 30 2 * * *', autumn, 'Europe/Berlin'), 2)).toEqual([
      '2026-10-25T00:30:00.000Z', // once, though 02:30 comes twice
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('is refused when it is none, and never due when no date fits it', () => {
    expect(() => firstDue('cycle', '0 0 25 * * *', NOON)).toThrow(/hour/);
    expect(() => firstDue('cycle', 'soon', NOON)).toThrow(/repeating interval/);
    expect(firstDue('cycle', '0 0 0 30 2 *', NOON)).toBeNull();
  });
});

describe('a time that was missed', () => {
  const after = (text: string, now: number): Due | null => {
    const first = firstDue('cycle', text, NOON);
    return first && nextDueAfter(first, now);
  };

  it('is followed by the next one of its rhythm', () => {
    const now = NOON + 400 * 86_400_000;
    expect(after('R/PT1S', now)?.due).toBe(now + 1000);
    expect(iso(after('R/P1M', now))).toBe('2027-03-31T12:00:00.000Z');
    expect(iso(after('0 0 12 * * *', now))).toBe('2027-03-08T12:00:00.000Z');
  });

  it('counts as one of those that are left', () => {
    expect(after('R5/PT1H', NOON + 3 * 3_600_000)).toEqual({
      due: NOON + 4 * 3_600_000,
      repeat: { left: 1, every: 'PT1H' },
    });
    expect(after('R5/PT1H', NOON + 9 * 3_600_000)).toBeNull();
  });
});
