/** The inbox and the task page: claiming without leaving the list; who was slower learns it in place. */

function say(text: string, kind: 'good' | 'warn'): void {
  const note = document.createElement('p');
  note.className = `summary ${kind}`;
  note.setAttribute('role', 'status');
  note.textContent = text;
  document.querySelector('.page-head')?.after(note);
}

/** The lists as the server shows them after the claim: the line is among one's own. */
function takeRow(key: string, html: string): void {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const now = page.querySelector<HTMLElement>(`[data-row][data-key="${key}"]`);
  const lists = page.querySelector('.inbox');
  if (lists) document.querySelector('.inbox')?.replaceWith(lists);
  const row = document.querySelector<HTMLElement>(`[data-row][data-key="${key}"]`);
  if (!now) row?.classList.add('gone');
  row?.querySelector<HTMLElement>('[data-open]')?.focus();
  const notice = page.querySelector('.summary.warn');
  if (notice) say(notice.textContent.trim(), 'warn');
}

async function claim(form: HTMLFormElement, row: HTMLElement): Promise<void> {
  const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
  const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
  const key = row.dataset['key'] ?? '';
  const html = await response.text();
  if (response.ok || response.status === 409 || response.status === 410) takeRow(key, html);
  else location.href = `/tasks/${key}`;
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('form[data-claim]')) return;
  const row = form.closest<HTMLElement>('[data-row]');
  if (!row) return;
  event.preventDefault();
  claim(form, row).catch(() => form.submit());
});
