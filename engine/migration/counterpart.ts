/** Which element of another release an element is, and why it cannot be that one. */
import type { Migrate } from '../command.ts';
import type { Execution } from '../execution.ts';
import type { Scope } from '../instance.ts';
import type { Element, Flow, ProcessModel } from '../model.ts';
import type { Release } from '../release.ts';

/** A process here and there. */
export interface Pair {
  readonly here: ProcessModel;
  readonly there: ProcessModel;
  /** The id there of an element. */
  readonly idOf: (id: string) => string;
}

/** The process of a scope, or of what completed in a call, here and there; null when it is not in the release. */
export function pairOf(x: Execution, target: Release, command: Migrate, process: Scope['process']): Pair | null {
  const own = process === x.instance.process;
  const here = x.release.processes.get(process);
  const there = target.processes.get(own ? command.process : process);
  if (!here || !there) return null;
  const idOf = (id: string): string => (own && Object.hasOwn(command.elements, id) ? (command.elements[id] ?? id) : id);
  return { here, there, idOf };
}

/** The element that this one is there, or why there is none, as the end of a sentence. */
export function counterpart({ here, there, idOf }: Pair, before: Element): Element | string {
  const id = idOf(before.id);
  const after = there.byId.get(id);
  if (!after) return `there is no "${id}" in process "${there.id}" there`;
  if (after.type !== before.type) return `"${id}" is a ${after.type} there, not a ${before.type}`;
  const parent = before.parent === here.id ? there.id : idOf(before.parent);
  if (after.parent !== parent) return `"${id}" lies in "${after.parent}" there, not in "${parent}"`;
  if (after.loop?.kind !== before.loop?.kind) {
    return `"${id}" is ${after.loop?.kind ?? 'no loop'} there, not ${before.loop?.kind ?? 'without loop'}`;
  }
  if (after.forCompensation !== before.forCompensation || isGroup(there, after) !== isGroup(here, before)) {
    return `"${id}" is begun in another way there: by ${wayInto(there, after)}, not by ${wayInto(here, before)}`;
  }
  return after;
}

function wayInto(model: ProcessModel, element: Element): string {
  if (element.forCompensation) return 'a compensation';
  return isGroup(model, element) ? 'its event' : 'a flow';
}

/** Whether it is an event sub-process. */
function isGroup({ root, byId }: ProcessModel, element: Element): boolean {
  const around = byId.get(element.parent)?.children ?? root;
  return around.eventSubProcesses.includes(element);
}

/** The flow into the same element there: of the same id, else the only one from the same source. */
export function counterflow({ idOf }: Pair, flow: Flow, after: Element): Flow | null {
  const same = after.incoming.find(({ id }) => id === flow.id);
  if (same) return same;
  const others = after.incoming.filter(({ source }) => source === idOf(flow.source));
  return (others.length === 1 && others[0]) || null;
}
