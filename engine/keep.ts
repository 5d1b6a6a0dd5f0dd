/** What of a completed activity is kept, so that it can be undone later (BPMN 2.0, 10.7). */
import type { Execution } from './execution.ts';
import type { Token } from './instance.ts';
import type { Children, Element } from './model.ts';

/** The start event of the compensation event sub-process inside a scope, if there is one. */
export function compensationStart(children: Children): Element | null {
  for (const group of children.eventSubProcesses) {
    for (const start of group.children?.starts ?? []) if (start.behaviour.compensation?.(start)) return start;
  }
  return null;
}

/**
 * Keeps on record that an activity completed, when something could undo it: its handler, or else its inside. Its own
 * scope must still be open. What itself undoes something is not undone.
 * @param inside what lies in the activity, where its element does not know (call activity)
 */
export function keep(x: Execution, token: Token, element: Element, inside: Children | null = element.children): void {
  const { compensations } = x.instance;
  // What undoes an activity in a loop undoes each iteration; the body holds their records.
  const handler = element.loop !== null && token.iteration === undefined ? null : element.compensation;
  const start = inside && inside.eventSubProcesses.length > 0 ? compensationStart(inside) : null;
  if (handler === null && compensations === undefined && start === null) return;
  if (token.compensates !== undefined || compensations?.some(({ id }) => id === token.id)) return;
  if (handler !== null) {
    x.emit({ type: 'CompensationKept', token: token.id, handler });
  } else if (start !== null || compensations?.some(({ scope }) => scope === token.id)) {
    x.emit({ type: 'CompensationKept', token: token.id });
  }
}

/** Whether a token is a completed activity that was opened again to be undone from its inside. */
export function isReopened(token: Token, element: Element): boolean {
  return token.compensates !== undefined && !element.forCompensation;
}
