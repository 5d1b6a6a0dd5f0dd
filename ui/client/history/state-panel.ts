/** What was open after a step: tasks, timers, waits, incidents, variables. */
import type { Instance } from '../../../engine/index.ts';
import { text } from '../modeler/texts.ts';
import type { Texts } from '../modeler/texts.ts';

/** @param nameOf the name of an element */
export function statePanel(instance: Instance, nameOf: (id: string) => string, texts: Texts): HTMLElement[] {
  const tasks = instance.tokens.filter((token) => token.task);
  return [
    ...section(
      text(texts, 'incidents'),
      instance.incidents.map(({ element, message }) => `${nameOf(element)}: ${message}`),
    ),
    ...section(
      text(texts, 'tasks'),
      tasks.map(({ element, task }) => [nameOf(element), task?.assignee ?? task?.groups.join(', ')].join(' · ')),
    ),
    ...section(
      text(texts, 'timers'),
      instance.timers.map(({ element, due }) => `${nameOf(element)} · ${text(texts, 'due', { due: timeText(due) })}`),
    ),
    ...section(
      text(texts, 'waits'),
      instance.messages.map(({ element, name }) => `${nameOf(element)} · ${name}`),
    ),
    ...variables(instance, nameOf, texts),
  ];
}

function section(title: string, lines: readonly string[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const list = document.createElement('ul');
  list.className = 'plain';
  for (const line of lines) {
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
  }
  return [heading(title), list];
}

function heading(title: string): HTMLElement {
  const element = document.createElement('h3');
  element.textContent = title;
  return element;
}

function variables(instance: Instance, nameOf: (id: string) => string, texts: Texts): HTMLElement[] {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = text(texts, 'variables');
  details.append(summary);
  for (const scope of instance.scopes.filter((other) => Object.keys(other.variables).length > 0)) {
    if (scope.parent !== null) details.append(heading(nameOf(scope.element)));
    const list = document.createElement('dl');
    for (const [name, value] of Object.entries(scope.variables).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const term = document.createElement('dt');
      term.textContent = name;
      const content = document.createElement('dd');
      content.textContent = JSON.stringify(value);
      list.append(term, content);
    }
    details.append(list);
  }
  return [details];
}

/** In the reader's zone and language. */
export function timeText(at: number): string {
  const { lang, dataset } = document.documentElement;
  return new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    ...(dataset['zone'] ? { timeZone: dataset['zone'] } : {}),
  }).format(at);
}
