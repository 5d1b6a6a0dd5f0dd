/**
 * Single keys on lists and on the task page: j/k move, o opens, c claims, e completes, a assigns, / searches, ? helps.
 * They can be switched off in the account; while somebody types, keys are text.
 */

let cursor = -1;

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-keyboard="list"] [data-row]')];
const current = (): HTMLElement | undefined => rows()[cursor];

function types(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** Marks the row and brings the focus to its link, so that Enter and screen readers follow. */
function moveTo(index: number): void {
  const all = rows();
  current()?.classList.remove('cursor');
  cursor = Math.max(0, Math.min(index, all.length - 1));
  const row = current();
  row?.classList.add('cursor');
  row?.querySelector<HTMLElement>('[data-open]')?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

function open(suffix = ''): void {
  const link = current()?.querySelector<HTMLAnchorElement>('[data-open]');
  if (link) location.href = link.href + suffix;
}

function claim(): void {
  (current() ?? document).querySelector<HTMLFormElement>('form[data-claim]')?.requestSubmit();
}

function complete(): void {
  if (current()) return open('#form');
  const form = document.querySelector<HTMLElement>('#form');
  const first = form?.querySelector<HTMLElement>('input:not([type="hidden"]), textarea, select, button');
  first?.focus();
}

/** Opens the dialog of the list for the row, or the part of the task page. */
function assign(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#assign-dialog');
  const key = current()?.dataset['key'];
  const form = dialog?.querySelector('form');
  if (dialog && form && key) {
    form.action = `/tasks/${key}/assign`;
    return dialog.showModal();
  }
  const details = document.querySelector<HTMLDetailsElement>('details.assign');
  if (!details) return;
  details.open = true;
  details.querySelector('select')?.focus();
}

const actions: Record<string, () => void> = {
  j: () => moveTo(cursor + 1),
  k: () => moveTo(cursor - 1),
  o: () => open(),
  c: claim,
  e: complete,
  a: assign,
  '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
  '?': () => document.querySelector<HTMLDialogElement>('#help')?.showModal(),
};

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
  if (document.querySelector('dialog[open]')) return;
  const act = actions[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** A row that has the focus is the current one, however it got there. */
function follow(event: FocusEvent): void {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
  if (!row) return;
  current()?.classList.remove('cursor');
  cursor = rows().indexOf(row);
  row.classList.add('cursor');
}

export function listenToKeys(): void {
  for (const button of document.querySelectorAll<HTMLElement>('dialog [data-close]')) {
    button.addEventListener('click', () => button.closest('dialog')?.close());
  }
  if (document.body.dataset['shortcuts'] !== 'on') return;
  document.addEventListener('keydown', press);
  document.addEventListener('focusin', follow);
}
