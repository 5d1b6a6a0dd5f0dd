/** The page of one diagram: draw, see problems while drawing, open and save files, deploy as a new version. */
import { hasDrawing, noDrawing } from './diagram/no-drawing.ts';
import { check } from './modeler/check.ts';
import { deploy } from './modeler/deploy.ts';
import { createEditor } from './modeler/editor.ts';
import type { Editor } from './modeler/editor.ts';
import { emptyDiagram } from './modeler/empty-diagram.ts';
import { showReport } from './modeler/import-report.ts';
import { readDiagram } from './modeler/open-file.ts';
import { problemList } from './modeler/problem-list.ts';
import type { ProblemList } from './modeler/problem-list.ts';
import { text } from './modeler/texts.ts';
import type { Texts } from './modeler/texts.ts';

/** Milliseconds without a change before the drawing is checked. */
const pause = 300;

interface Page {
  element: HTMLElement;
  editor: Editor;
  problems: ProblemList;
  texts: Texts;
  /** True when a file was opened that is not deployed. */
  imported: boolean;
  /** The deployed file when it has no drawing: it can be taken away, not edited. */
  undrawn: string | null;
  /** Counts the changes of the drawing. */
  revision: number;
  /** The revision that the server has refused: its problems stay until the next change. */
  refused: number | null;
}

function part<T extends HTMLElement>(page: HTMLElement, name: string): T {
  const found = page.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`Expected a part "${name}" in the page of the modeler.`);
  return found;
}

/** Says how something went, where screen readers hear it. */
function say(page: Page, message: string): void {
  part(page.element, 'status').textContent = message;
}

const unsaved = (page: Page): boolean => page.imported || page.editor.changed();

function showUnsaved(page: Page): void {
  page.element.toggleAttribute('data-unsaved', unsaved(page));
}

/** What the server has said of this drawing meanwhile, or a change, makes the answer stale. */
async function recheck(page: Page): Promise<void> {
  const { revision } = page;
  const problems = await check(await page.editor.xml());
  if (page.revision === revision && page.refused !== revision) page.problems.show(problems);
}

/** Checks a moment after the last change. */
function watch(page: Page): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  page.editor.onChange(() => {
    page.revision += 1;
    showUnsaved(page);
    clearTimeout(waiting);
    waiting = setTimeout(() => void recheck(page), pause);
  });
  window.addEventListener('beforeunload', (event) => {
    if (unsaved(page)) event.preventDefault();
  });
}

/** Says that there is nothing to edit or deploy; null when there is again. */
function showUndrawn(page: Page, xml: string | null): void {
  page.undrawn = xml;
  part<HTMLButtonElement>(page.element, 'deploy').disabled = xml !== null;
  part(page.element, 'problems').hidden = xml !== null;
  const canvas = part(page.element, 'canvas');
  canvas.querySelector('.no-drawing')?.remove();
  if (xml !== null) canvas.prepend(noDrawing());
}

async function openFile(page: Page, file: File): Promise<void> {
  try {
    const { xml, imported } = await readDiagram(file);
    if (!hasDrawing(xml)) return say(page, noDrawing().textContent);
    showUndrawn(page, null);
    await page.editor.open(xml);
    page.imported = true;
    showUnsaved(page);
    const count = imported?.report.length ?? 0;
    say(page, text(page.texts, imported ? 'imported' : 'opened', { file: file.name, count }));
    if (!imported) return;
    showReport(part(page.element, 'import-report'), imported, page.texts);
    part<HTMLDialogElement>(page.element, 'import-dialog').showModal();
  } catch (error) {
    say(page, text(page.texts, 'notBpmn', { file: file.name, detail: String(error) }));
  }
}

async function download(page: Page): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([page.undrawn ?? (await page.editor.xml())], { type: 'application/xml' }));
  link.download = fileName(page);
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 1000);
}

/** Named after the process, or after the first one of several. */
function fileName({ editor }: Page): string {
  const process = editor.elements.filter((shape) => shape.businessObject.$type === 'bpmn:Process')[0];
  const inPools = editor.elements.filter((shape) => shape.businessObject.$type === 'bpmn:Participant');
  const [inPool] = inPools.flatMap(
    ({ businessObject }) => (businessObject['processRef'] as { id?: string } | undefined) ?? [],
  );
  return `${process?.id ?? inPool?.id ?? 'diagram'}.bpmn`;
}

async function deployDrawing(page: Page, note: string): Promise<void> {
  const { revision } = page;
  say(page, text(page.texts, 'deploying'));
  const outcome = await deploy([{ name: fileName(page), content: await page.editor.xml() }], note);
  switch (outcome.result) {
    case 'deployed':
      page.imported = false;
      leave(outcome.location);
      return;
    case 'refused':
      page.refused = revision;
      page.problems.show(outcome.problems);
      say(page, text(page.texts, 'refused'));
      return;
    case 'failed':
      say(page, text(page.texts, 'failed', { detail: outcome.detail }));
      return;
    default:
      outcome satisfies never;
  }
}

/** Goes to another page although the editor could still undo. */
function leave(location: string): void {
  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true });
  window.location.assign(location);
}

function wire(page: Page): void {
  const file = part<HTMLInputElement>(page.element, 'file');
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) void openFile(page, chosen);
    file.value = '';
  });
  part(page.element, 'open').addEventListener('click', () => {
    file.click();
  });
  part(page.element, 'download').addEventListener('click', () => void download(page));
  const dialog = part<HTMLDialogElement>(page.element, 'deploy-dialog');
  const ask = (): void => {
    if (page.undrawn === null) dialog.showModal();
  };
  part(page.element, 'deploy').addEventListener('click', ask);
  dialog.addEventListener('close', () => {
    const note = part<HTMLTextAreaElement>(page.element, 'note').value.trim();
    if (dialog.returnValue === 'deploy') void deployDrawing(page, note);
    dialog.returnValue = '';
  });
  window.addEventListener('keydown', (event) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!dialog.open) ask();
  });
}

async function start(element: HTMLElement): Promise<void> {
  const texts = JSON.parse(element.dataset['texts'] ?? '{}') as Texts;
  const language = document.documentElement.lang.slice(0, 2);
  const editor = createEditor(part(element, 'canvas'), part(element, 'properties'), language);
  const page: Page = {
    element,
    editor,
    problems: problemList(part(element, 'problems'), editor, texts),
    texts,
    imported: false,
    undrawn: null,
    revision: 0,
    refused: null,
  };
  watch(page);
  wire(page);
  const { source } = element.dataset;
  const xml = source === undefined ? emptyDiagram() : await fetchText(source);
  if (hasDrawing(xml)) await editor.open(xml);
  else showUndrawn(page, xml);
  element.dataset['ready'] = '';
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Expected a diagram at ${url}, but found status ${response.status}.`);
  return response.text();
}

const page = document.querySelector<HTMLElement>('[data-modeler]');
if (page) await start(page);
