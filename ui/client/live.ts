/**
 * Live pages. The server says which tickets moved; a page with `data-live="inbox"`, `"tickets"` or a ticket number
 * fetches itself again and takes over every part whose id begins with `live-`. Rows change in place, finished ones are
 * crossed out, new ones wait behind a button: nothing jumps under the cursor.
 */

/** What one server-sent event says. */
interface Moved {
  /** Number of the ticket, '' when the case is none. */
  number: string;
  instance: string;
  /** Whether tasks were offered, taken or done. */
  tasks: boolean;
}

const text = document.body.dataset;
const subject = document.querySelector<HTMLElement>('[data-live]')?.dataset['live'];
let waiting = 0;

function concerns({ number, instance, tasks }: Moved): boolean {
  if (subject === 'tickets') return true;
  return subject === 'inbox' ? tasks : subject === number || subject === instance;
}

function offerNew(list: HTMLElement, fresh: number): void {
  let button = document.querySelector<HTMLButtonElement>('button.fresh');
  if (fresh === 0) return button?.remove();
  if (!button) {
    button = document.createElement('button');
    button.className = 'primary fresh';
    button.addEventListener('click', () => location.reload());
    list.closest('[data-live]')?.prepend(button);
  }
  button.textContent = (text['fresh'] ?? '#').replace('#', String(fresh));
}

function cross(row: HTMLElement): void {
  if (row.classList.contains('gone')) return;
  row.classList.add('gone');
  row.querySelector('td')?.setAttribute('title', text['gone'] ?? '');
}

/** Which rows of a list changed or went; gives how many are new. */
function mergeRows(old: HTMLElement, now: Element | null, elsewhere: ReadonlyMap<string, HTMLElement>): number {
  const next = new Map(
    [...(now?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].map((row) => [row.dataset['key'], row]),
  );
  for (const row of old.querySelectorAll<HTMLElement>('[data-row]')) {
    const key = row.dataset['key'] ?? '';
    const changed = next.get(key) ?? elsewhere.get(key);
    next.delete(key);
    if (!changed) cross(row);
    else if (changed.innerHTML !== row.innerHTML && !row.contains(document.activeElement))
      row.innerHTML = changed.innerHTML;
  }
  return freshAmong([...next.values()]);
}

/** How many of these rows the page does not show yet, in any list. */
function freshAmong(rows: readonly HTMLElement[]): number {
  return rows.filter(({ dataset }) => !document.querySelector(`[data-row][data-key="${dataset['key'] ?? ''}"]`)).length;
}

function takeOver(page: Document): void {
  const everywhere = new Map(
    [...page.querySelectorAll<HTMLElement>('[data-row]')].map((row) => [row.dataset['key'] ?? '', row]),
  );
  let fresh = 0;
  for (const old of document.querySelectorAll<HTMLElement>('[id^="live-"]')) {
    const now = page.getElementById(old.id);
    if (old.querySelector('[data-row]')) fresh += mergeRows(old, now, everywhere);
    else if (now?.querySelector('[data-row]'))
      fresh += freshAmong([...now.querySelectorAll<HTMLElement>('[data-row]')]);
    else if (now && now.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.replaceWith(now);
  }
  const list = document.querySelector<HTMLElement>('[id^="live-"]');
  if (list) offerNew(list, fresh);
}

async function refresh(): Promise<void> {
  const url = new URL(location.href);
  const shown = [...document.querySelectorAll<HTMLElement>('[data-row]')].map((row) => row.dataset['key'] ?? '');
  if (subject === 'inbox') url.searchParams.set('shown', shown.slice(0, 200).join(','));
  const response = await fetch(url, { headers: { accept: 'text/html' } });
  if (!response.ok || response.redirected) return; // the page itself says so when the reader goes on
  takeOver(new DOMParser().parseFromString(await response.text(), 'text/html'));
}

function later(): void {
  if (waiting) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    if (!document.hidden) refresh().catch((error: unknown) => console.warn(error));
  }, 400);
}

if (subject !== undefined) {
  const source = new EventSource('/events');
  source.addEventListener('moved', (event: MessageEvent<string>) => {
    if (concerns(JSON.parse(event.data) as Moved)) later();
  });
  // After a lost connection something may have been missed.
  let broken = false;
  source.addEventListener('error', () => (broken = true));
  source.addEventListener('open', () => {
    if (broken) later();
    broken = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) later();
  });
}
