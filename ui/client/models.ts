/** The list of processes: deploys files that somebody has chosen, together and with a note. */
import { isCamunda7 } from '../../engine/index.ts';
import { deploy } from './modeler/deploy.ts';
import type { FileProblem } from './modeler/deploy.ts';
import { decodeFile } from './modeler/open-file.ts';
import { errorsFirst } from './modeler/problem-list.ts';
import { explanation } from './modeler/problem-text.ts';
import { text } from './modeler/texts.ts';
import type { Texts } from './modeler/texts.ts';

interface Upload {
  form: HTMLFormElement;
  files: HTMLInputElement;
  note: HTMLTextAreaElement;
  status: HTMLElement;
  problems: HTMLOListElement;
  texts: Texts;
}

function find<T extends Element>(form: HTMLFormElement, selector: string): T {
  const found = form.querySelector<T>(selector);
  if (!found) throw new Error(`Expected ${selector} in the upload form.`);
  return found;
}

function list({ problems, texts }: Upload, found: readonly FileProblem[]): void {
  const lines = errorsFirst(found).map((problem) => {
    const { severity, file, element } = problem;
    const line = document.createElement('li');
    const where = document.createElement('strong');
    where.textContent = `${text(texts, severity)}: ${[file, element].filter(Boolean).join(' · ')}`;
    line.dataset['severity'] = severity;
    line.append(where, ' ', explanation(problem));
    return line;
  });
  problems.replaceChildren(...lines);
}

/** Diagrams and decisions say their encoding themselves. */
async function contentOf(file: File): Promise<string> {
  return /\.(bpmn|dmn|xml)$/i.test(file.name) ? decodeFile(file) : file.text();
}

async function send(upload: Upload): Promise<void> {
  const { texts, status } = upload;
  status.textContent = text(texts, 'deploying');
  list(upload, []);
  const chosen = [...(upload.files.files ?? [])];
  const files = await Promise.all(chosen.map(async (file) => ({ name: file.name, content: await contentOf(file) })));
  const foreign = files.find(({ name, content }) => !name.endsWith('.form') && isCamunda7(content));
  if (foreign) {
    status.textContent = text(texts, 'importFirst', { file: foreign.name });
    return;
  }
  const outcome = await deploy(files, upload.note.value.trim());
  if (outcome.result === 'deployed') return finish(upload, outcome.warnings);
  if (outcome.result === 'refused') list(upload, outcome.problems);
  const { result } = outcome;
  status.textContent = text(texts, result, { detail: result === 'failed' ? outcome.detail : '' });
}

/** Shows the list with the new versions; when there are warnings, after they have been read. */
function finish(upload: Upload, warnings: readonly FileProblem[]): void {
  if (warnings.length === 0) return window.location.assign('/models');
  const { texts, status } = upload;
  const link = document.createElement('a');
  link.href = '/models';
  link.textContent = text(texts, 'toList');
  status.replaceChildren(`${text(texts, 'deployedWarned', { count: warnings.length })} `, link);
  list(upload, warnings);
}

const form = document.querySelector<HTMLFormElement>('[data-upload-form]');
if (form) {
  const upload: Upload = {
    form,
    files: find(form, 'input[type=file]'),
    note: find(form, 'textarea'),
    status: find(form, '[data-status]'),
    problems: find(form, '[data-problems]'),
    texts: JSON.parse(form.dataset['texts'] ?? '{}') as Texts,
  };
  document.querySelector('[data-upload]')?.addEventListener('click', () => {
    form.hidden = !form.hidden;
    if (!form.hidden) upload.files.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(upload);
  });
}
