/** The list of problems beside the drawing, and their marks on it. */
import type { Problem } from '../../../engine/problem.ts';
import type { Editor } from './editor.ts';
import { explanation, wordsOf } from './problem-text.ts';
import { text } from './texts.ts';
import type { Texts } from './texts.ts';

export interface ProblemList {
  /** Replaces what is shown. */
  show(problems: readonly Problem[]): void;
}

/** @param place holds a list and an element with `data-count` for the number of problems */
export function problemList(place: HTMLElement, editor: Editor, texts: Texts): ProblemList {
  const list = place.querySelector('ol');
  const count = place.querySelector('[data-count]');
  if (!list || !count) throw new Error('Expected a list and a counter for problems in the page.');
  let marked: Problem[] = [];
  return {
    show(problems) {
      unmark(editor, marked);
      marked = problems.filter((problem) => editor.elements.get(problem.element));
      mark(editor, marked);
      list.replaceChildren(...errorsFirst(problems).map((problem) => item(problem, editor, texts)));
      count.textContent = counted(problems, texts);
      place.dataset['state'] = stateOf(problems);
    },
  };
}

/** What keeps a drawing from being deployed, then what may stay. */
export function errorsFirst<T extends Problem>(problems: readonly T[]): T[] {
  return [
    ...problems.filter(({ severity }) => severity === 'error'),
    ...problems.filter(({ severity }) => severity === 'warning'),
  ];
}

/** Errors and warnings apart: "Errors: 1 · Warnings: 3". */
function counted(problems: readonly Problem[], texts: Texts): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return text(texts, 'noProblems');
  return [
    ...(errors > 0 ? [text(texts, 'errors', { count: errors })] : []),
    ...(warnings > 0 ? [text(texts, 'warnings', { count: warnings })] : []),
  ].join(' · ');
}

function stateOf(problems: readonly Problem[]): 'error' | 'warning' | 'clean' {
  if (problems.some((problem) => problem.severity === 'error')) return 'error';
  return problems.length > 0 ? 'warning' : 'clean';
}

function item(problem: Problem, editor: Editor, texts: Texts): HTMLLIElement {
  const entry = document.createElement('li');
  entry.dataset['severity'] = problem.severity;
  entry.dataset['rule'] = problem.rule;
  const element = editor.elements.get(problem.element);
  const where = document.createElement(element ? 'button' : 'strong');
  where.textContent = element?.businessObject.name ?? (problem.element || text(texts, 'wholeFile'));
  if (element && where instanceof HTMLButtonElement) {
    where.type = 'button';
    where.addEventListener('click', () => {
      editor.select(problem.element);
    });
  }
  entry.append(where, explanation(problem, text(texts, problem.severity)));
  return entry;
}

function mark(editor: Editor, problems: readonly Problem[]): void {
  for (const { element, severity } of problems) editor.canvas.addMarker(element, `problem-${severity}`);
  for (const element of new Set(problems.map((problem) => problem.element))) {
    const all = problems.filter((problem) => problem.element === element);
    const badge = document.createElement('div');
    badge.className = `problem-badge problem-badge-${stateOf(all)}`;
    badge.textContent = String(all.length);
    badge.title = all.map(wordsOf).join('\n');
    editor.overlays.add(element, 'problem', { position: { top: -10, right: 10 }, html: badge });
  }
}

function unmark(editor: Editor, problems: readonly Problem[]): void {
  editor.overlays.remove({ type: 'problem' });
  for (const { element, severity } of problems) {
    if (editor.elements.get(element)) editor.canvas.removeMarker(element, `problem-${severity}`);
  }
}
