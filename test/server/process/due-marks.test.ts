import { expect, it } from '@jest/globals';
import { createDueMarks } from '../../../server/process/due-marks.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');

it('a look for due jobs begins shortly before the last one, or at the first that was due then', () => {
  const marks = createDueMarks();
  const since = (type: string, seconds: number) => {
    const [wanted] = marks.since([type], NOON + seconds * 1000);
    return wanted?.since === 0 ? 'always' : ((wanted?.since ?? 0) - NOON) / 1000;
  };
  expect(since('mail', 0)).toBe('always');
  marks.found('mail', undefined, NOON);
  marks.found('print', NOON - 300_000, NOON);
  expect(since('mail', 20)).toBe(-10);
  expect(since('print', 20)).toBe(-300);
  expect(since('other', 20)).toBe('always');
  expect(since('mail', 31)).toBe('always');
});

it('a clock that goes back takes the looks with it', () => {
  const marks = createDueMarks();
  marks.since(['mail'], NOON);
  marks.found('mail', undefined, NOON + 20_000);
  expect(marks.since(['mail'], NOON + 5000)).toEqual([{ type: 'mail', since: NOON - 5000 }]);
  expect(marks.since(['mail'], NOON - 5000)).toEqual([{ type: 'mail', since: 0 }]);
});
