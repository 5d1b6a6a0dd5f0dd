/**
 * Execution and task listeners of the `zeebe:` dialect: jobs that are done one after the other at a point in the life of an
 * element, which goes on when the last of them is completed.
 */
import type { Execution } from './execution.ts';
import type { ListenerEvent, ListenerPlace, Token } from './instance.ts';
import type { Element } from './model.ts';

/** One listener; it asks for its job under the given id. */
export interface Listener {
  readonly event: ListenerEvent;
  request(x: Execution, token: Token, element: Element, place: ListenerPlace): void;
}

/**
 * Asks for the job of the next listener for this event.
 * @param done how many of them are completed already
 * @param pending what is to be done after the last one
 * @returns false when there is none (any more)
 */
export function listen(
  x: Execution,
  token: Token,
  element: Element,
  event: ListenerEvent,
  done = 0,
  pending?: ListenerPlace['pending'],
): boolean {
  const next = element.listeners.filter((listener) => listener.event === event)[done];
  if (!next) return false;
  next.request(x, token, element, pending === undefined ? { event, done } : { event, done, pending });
  return true;
}
