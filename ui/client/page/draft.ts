/**
 * Drafts: what is typed into a form or field with `data-draft="NAME"` is kept in this browser until it was sent and
 * taken. A page that carries `data-refused` says that it was not taken. Signing out forgets all drafts.
 */

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const prefix = 'lanework draft ';
const sent = 'lanework sent';

function fieldsOf(holder: HTMLElement): Field[] {
  if (holder instanceof HTMLTextAreaElement || holder instanceof HTMLInputElement) return [holder];
  const all = holder.querySelectorAll<Field>('input[name], textarea[name], select[name]');
  return [...all].filter((field) => field.type !== 'hidden' && field.type !== 'password');
}

const isChoice = (field: Field): field is HTMLInputElement => field.type === 'checkbox' || field.type === 'radio';

const valueOf = (field: Field): string | boolean => (isChoice(field) ? field.checked : field.value);

/** A field by its name, a choice by its name and value. */
const nameOf = (field: Field): string => (isChoice(field) ? `${field.name}=${field.value}` : field.name);

function save(name: string, holder: HTMLElement): void {
  const values = Object.fromEntries(fieldsOf(holder).map((field) => [nameOf(field), valueOf(field)]));
  localStorage.setItem(prefix + name, JSON.stringify(values));
}

/** Puts the draft into the fields; true when that changed any. */
function restore(name: string, holder: HTMLElement): boolean {
  const text = localStorage.getItem(prefix + name);
  if (text === null) return false;
  const values = JSON.parse(text) as Record<string, string | boolean>;
  let changed = false;
  for (const field of fieldsOf(holder)) {
    const value = values[nameOf(field)];
    if (value === undefined || value === valueOf(field)) continue;
    changed = true;
    if (isChoice(field)) field.checked = value === true;
    else field.value = String(value);
  }
  return changed;
}

function offerToDiscard(name: string, holder: HTMLElement): void {
  const { draftRestored = '', draftDiscard = '' } = document.body.dataset;
  const note = document.createElement('p');
  note.className = 'draft-note muted small';
  note.textContent = draftRestored;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet small';
  button.textContent = draftDiscard;
  button.addEventListener('click', () => {
    localStorage.removeItem(prefix + name);
    location.reload();
  });
  note.append(button);
  holder.before(note);
}

function forgetSent(): void {
  const name = sessionStorage.getItem(sent);
  if (name === null) return;
  sessionStorage.removeItem(sent);
  if (!document.querySelector('[data-refused]')) localStorage.removeItem(prefix + name);
}

function forgetAll(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
}

export function keepDrafts(): void {
  forgetSent();
  const refused = document.querySelector('[data-refused]') !== null;
  for (const holder of document.querySelectorAll<HTMLElement>('[data-draft]')) {
    const name = holder.dataset['draft'] ?? '';
    // On a refused page the draft is what was sent, or newer when the page was loaded again.
    if (restore(name, holder) && !refused) offerToDiscard(name, holder);
    holder.addEventListener('input', () => save(name, holder));
    holder.closest('form')?.addEventListener('submit', () => sessionStorage.setItem(sent, name));
  }
  document.querySelector('form[action="/sign-out"]')?.addEventListener('submit', forgetAll);
}
