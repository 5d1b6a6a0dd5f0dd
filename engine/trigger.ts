import type { Trigger } from './behaviour.ts';
import { elementIn, modelOf, tokenOf, type Execution } from './execution.ts';
import type { Element } from './model.ts';

/** Tells the element that waits what came. */
export function trigger(x: Execution, wait: { id: number; element: string; host: number }, what: Trigger): void {
  const element = waiting(x, wait);
  element.behaviour.trigger?.(x, wait.host, element, { ...what, wait: wait.id });
}

/**
 * The element of a wait. Its host is a token beside it, or the scope around it; the token of a call activity is both,
 * and then only the boundary events belong to the calling process.
 */
export function waiting(x: Execution, wait: { element: string; host: number }): Element {
  const host = tokenOf(x, wait.host);
  if (!host) return elementIn(x, wait.host, wait.element);
  const called = x.instance.scopes.some((scope) => scope.id === host.id && scope.isolated);
  const beside = modelOf(x, host.scope).byId.get(wait.element);
  return called && beside?.attachedTo !== host.element
    ? elementIn(x, host.id, wait.element)
    : elementIn(x, host.scope, wait.element);
}
