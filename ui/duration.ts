/** Durations as people read them; the server renders with it and the browser keeps countdowns going with it. */

const units = {
  en: { d: ' d', h: ' h', min: ' min', less: 'under 1 min' },
  zh: { d: ' 天', h: ' 小时', min: ' 分', less: '不到 1 分' },
};

/**
 * "2 h 5 min", "2 小时 5 分", "3 d 4 h": the two largest units, rounded down, the sign left out.
 * @param ms milliseconds
 */
export function durationText(ms: number, locale: 'en' | 'zh'): string {
  const unit = units[locale];
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes === 0) return unit.less;
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts: string[] = [];
  if (days > 0) parts.push(`${days}${unit.d}`);
  if (hours > 0) parts.push(`${hours}${unit.h}`);
  if (days === 0 && minutes % 60 > 0) parts.push(`${minutes % 60}${unit.min}`);
  return parts.join(' ');
}
