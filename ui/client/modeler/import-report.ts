/** The report of an import: what became of every extension and expression, with what is to be done first. */
import type { ImportNote, Imported } from '../../../engine/index.ts';
import { explanation } from './problem-text.ts';
import { text } from './texts.ts';
import type { Texts } from './texts.ts';

/** Fills the list with the notes of an import: those that are problems first, else in the order of the file. */
export function showReport(list: HTMLElement, { report, problems }: Imported, texts: Texts): void {
  const trouble = new Set(problems.map(keyOf));
  const inReport = new Set(report.map(keyOf));
  const first = [
    ...problems.filter((problem) => !inReport.has(keyOf(problem))),
    ...report.filter((one) => trouble.has(keyOf(one))),
  ];
  const rest = report.filter((one) => !trouble.has(keyOf(one)));
  list.replaceChildren(
    ...first.map((one) => line(one, text(texts, 'toDo'), texts, true)),
    ...rest.map((one) => line(one, text(texts, one.action), texts, false)),
  );
}

interface Said {
  element: string;
  message: string;
  /** Of a problem that is no line of the report. */
  rule?: string;
}

const keyOf = ({ element, message }: Said): string => `${element} ${message}`;

function line(note: Said & Partial<ImportNote>, label: string, texts: Texts, toDo: boolean): HTMLLIElement {
  const entry = document.createElement('li');
  const where = document.createElement('strong');
  where.textContent = note.element || text(texts, 'wholeFile');
  const badge = document.createElement('span');
  badge.className = toDo ? 'badge warn' : 'badge';
  badge.textContent = label;
  entry.append(where, ' ', badge, ' ', explanation(note, note.what));
  return entry;
}
