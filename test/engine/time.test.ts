import { describe, expect, it } from '@jest/globals';
import { TimeError, addDuration, parseCycle, parseDuration, parseInstant } from '../../engine/time.ts';

const later = (start: string, duration: string, zone?: string) =>
  new Date(addDuration(parseInstant(start), duration, zone)).toISOString().replace('.000Z', 'Z');

describe('a duration', () => {
  it.each([
    ['2026-01-31T10:00Z', 'P1M', '2026-02-28T10:00:00Z'],
    ['2028-01-31T10:00Z', 'P1M', '2028-02-29T10:00:00Z'],
    ['2026-03-31T10:00Z', 'P1M', '2026-04-30T10:00:00Z'],
    ['2028-02-29T10:00Z', 'P1Y', '2029-02-28T10:00:00Z'],
    ['2026-01-31T10:00Z', 'P1DT2H', '2026-02-01T12:00:00Z'],
    ['2026-01-31T10:00Z', 'P2W', '2026-02-14T10:00:00Z'],
    ['2026-01-31T10:00Z', '-PT5M', '2026-01-31T09:55:00Z'],
    ['2026-01-31T10:00Z', 'PT0.5S', '2026-01-31T10:00:00.500Z'],
  ])('added: %s + %s = %s', (start, duration, end) => {
    expect(later(start, duration)).toBe(end);
  });

  it('keeps the wall clock over a change to summer time, and counts hours exactly', () => {
    expect(later('2026-03-28T12:00+01:00', 'P1D', 'Europe/Berlin')).toBe('2026-03-29T10:00:00Z');
    expect(later('2026-03-28T12:00+01:00', 'PT24H', 'Europe/Berlin')).toBe('2026-03-29T11:00:00Z');
    expect(later('2026-10-24T12:00+02:00', 'P1D', 'Europe/Berlin')).toBe('2026-10-25T11:00:00Z');
  });

  it('takes the month end of the zone, not of UTC', () => {
    expect(later('2026-01-30T16:30Z', 'P1M', 'Asia/Shanghai')).toBe('2026-02-27T16:30:00Z');
    expect(later('2026-01-30T16:30Z', 'P1M')).toBe('2026-02-28T16:30:00Z');
  });

  it.each(['', 'P', 'PT', 'P1DT', '1D', 'P1', 'P1H', 'PT1D', '4h', 'p1d', 'P1S'])('is not %j', (text) => {
    expect(() => parseDuration(text)).toThrow(TimeError);
    expect(() => parseDuration(text)).toThrow(`but found "${text}"`);
  });

  it('needs a zone that exists', () => {
    expect(() => addDuration(0, 'P1D', 'Mars/Base')).toThrow('Expected the name of a time zone');
  });
});

describe('an instant', () => {
  it('is read with its offset', () => {
    expect(parseInstant('2026-01-31T08:00:00+08:00')).toBe(Date.UTC(2026, 0, 31));
    expect(parseInstant('2026-01-31T00:00:00.250Z')).toBe(Date.UTC(2026, 0, 31) + 250);
  });

  it('is UTC without an offset, or the wall clock of the given zone', () => {
    expect(parseInstant('2026-01-31T08:00')).toBe(Date.UTC(2026, 0, 31, 8));
    expect(parseInstant('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
    expect(parseInstant('2026-07-01T08:00', 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 6));
  });

  it.each(['', 'T10:00', '10:00', '2026-W05', '2026-031', '2026-02-30', '2026-01-31T25:00Z', 'tomorrow'])(
    'is not %j',
    (text) => {
      expect(() => parseInstant(text)).toThrow(TimeError);
    },
  );
});

describe('a repeating interval', () => {
  it('has a count or none, a start or none, and a period', () => {
    expect(parseCycle('R3/PT1H')).toEqual({ repeats: 3, every: 'PT1H' });
    expect(parseCycle('R/PT1H')).toEqual({ repeats: -1, every: 'PT1H' });
    expect(parseCycle('R-1/P1D')).toEqual({ repeats: -1, every: 'P1D' });
    expect(parseCycle('R/2026-01-01T00:00:00Z/P1D')).toEqual({
      repeats: -1,
      start: Date.UTC(2026, 0, 1),
      every: 'P1D',
    });
    expect(parseCycle('R2/2026-01-01T08:00/P1D', 'Asia/Shanghai').start).toBe(Date.UTC(2026, 0, 1));
  });

  it.each(['PT1H', 'R3', 'R3/', 'R/P1D/2026-01-01', 'R/2026-01-01/2026-02-01', 'R/soon/P1D', 'R3/PT1H/PT1H/PT1H'])(
    'is not %j',
    (text) => {
      expect(() => parseCycle(text)).toThrow(TimeError);
    },
  );

  it('has a period that moves on', () => {
    expect(() => parseCycle('R/PT0S')).toThrow('Expected a period longer than zero');
    expect(() => parseCycle('R/-PT1H')).toThrow('Expected a period longer than zero');
  });
});
