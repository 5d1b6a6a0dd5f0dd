import { describe, expect, it } from '@jest/globals';
import { exactTimeText, isZone, timeText } from '../../../server/web/format.ts';
import { durationText } from '../../../ui/duration.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 22, 2, 40);

describe('durations', () => {
  it.each([
    [125 * minute, '2 h 5 min', '2 小时 5 分'],
    [60 * minute, '1 h', '1 小时'],
    [59_999, 'under 1 min', '不到 1 分'],
    [-90 * minute, '1 h 30 min', '1 小时 30 分'],
    [(3 * 1440 + 4 * 60 + 59) * minute, '3 d 4 h', '3 天 4 小时'],
    [1440 * minute, '1 d', '1 天'],
  ])('%d ms read %s and %s', (ms, en, zh) => {
    expect([durationText(ms, 'en'), durationText(ms, 'zh')]).toEqual([en, zh]);
  });
});

describe('instants', () => {
  it('of today are a time, in the zone of the reader', () => {
    expect(timeText(now - 60 * minute, 'en', 'Asia/Shanghai', now)).toBe('09:40');
    expect(timeText(now - 60 * minute, 'en', 'Europe/Berlin', now)).toBe('02:40');
  });

  it('of another day have a date, of another year only that', () => {
    expect(timeText(now - 24 * 60 * minute, 'en', 'Asia/Shanghai', now)).toMatch(/^21 Nov,? /);
    expect(timeText(now - 24 * 60 * minute, 'zh', 'Asia/Shanghai', now)).toMatch(/^11月21日 10:40$/);
    expect(timeText(Date.UTC(2025, 0, 2), 'en', 'Asia/Shanghai', now)).toBe('2 Jan 2025');
  });

  it('are exact on hover, with the offset', () => {
    expect(exactTimeText(now, 'en', 'Asia/Shanghai')).toMatch(/22\/11\/2026.*10:40:00.*GMT\+08:00/);
  });

  it('need a zone that exists', () => {
    expect([isZone('Asia/Shanghai'), isZone('Mars/Olympus')]).toEqual([true, false]);
  });
});
