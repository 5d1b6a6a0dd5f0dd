import type { Element, StartTrigger } from '../model.ts';

/** How instances of a process may begin: read by the server, which waits for these triggers. */
export function startTriggers(process: string, byId: ReadonlyMap<string, Element>): StartTrigger[] {
  return [...byId.values()].flatMap((element) =>
    element.parent === process ? (element.behaviour.startTriggers?.(element, byId) ?? []) : [],
  );
}
