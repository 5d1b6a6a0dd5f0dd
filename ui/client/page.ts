/** Runs on every page: tells the server the zone, keeps countdowns going, keeps drafts, listens to the keyboard. */
import { durationText } from '../duration.ts';
import { keepDrafts } from './page/draft.ts';
import { listenToKeys } from './page/keyboard.ts';

const html = document.documentElement;
const locale = html.lang.startsWith('zh') ? 'zh' : 'en';

/** The next page is in the reader's zone; the times of this one are put right here. */
function tellZone(): void {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (!timeZone || timeZone === html.dataset['zone']) return;
  document.cookie = `lanework_zone=${encodeURIComponent(timeZone)}; path=/; max-age=31536000; samesite=lax`;
  const text = new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  for (const time of document.querySelectorAll<HTMLTimeElement>('time:not(.countdown)')) {
    time.textContent = text.format(new Date(time.dateTime));
  }
}

function tick(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('.countdown[data-due]')) {
    const left = Number(time.dataset['due']) - Date.now();
    const duration = durationText(left, locale);
    const text = left < 0 ? (document.body.dataset['late'] ?? '#').replace('#', duration) : duration;
    if (time.textContent !== text) time.textContent = text;
    time.dataset['state'] = left < 0 ? 'late' : left < 900_000 ? 'soon' : 'calm';
  }
}

tellZone();
tick();
setInterval(tick, 15_000);
keepDrafts();
listenToKeys();
