/** Beginning to wait for timers, messages, signals and conditions, and giving them up. */
import type { Execution } from './execution.ts';
import type { Token } from './instance.ts';
import type { Element } from './model.ts';

/** Lets an element that catches (boundary, event sub-process start, catch event) wait on behalf of `host`. */
export function arm(x: Execution, host: number, element: Element): void {
  element.behaviour.arm?.(x, host, element);
}

/** Cancels what was armed on behalf of `host`; `only` names the elements, and `one` the wait, that it is limited to. */
export function disarm(x: Execution, host: number, only?: readonly string[], one?: number): void {
  const { timers, messages, signals, conditions } = x.instance;
  if (timers.length + messages.length + signals.length === 0 && !conditions) return;
  const mine = { host, only, one };
  for (const { id } of ofMine(timers, mine)) x.emit({ type: 'TimerCancelled', timer: id });
  for (const { id } of ofMine(messages, mine)) x.emit({ type: 'MessageUnsubscribed', subscription: id });
  for (const { id } of ofMine(signals, mine)) x.emit({ type: 'SignalUnsubscribed', subscription: id });
  for (const { id } of ofMine(conditions ?? [], mine)) x.emit({ type: 'ConditionUnsubscribed', subscription: id });
}

interface Wait {
  id: number;
  host: number;
  element: string;
}

/** A copy: what is given up leaves the list. */
function ofMine(
  waits: readonly Wait[],
  { host, only, one }: { host: number; only: readonly string[] | undefined; one: number | undefined },
): Wait[] {
  if (waits.length === 0) return [];
  return waits.filter(
    (wait) =>
      wait.host === host &&
      (only === undefined || only.includes(wait.element)) &&
      (one === undefined || wait.id === one),
  );
}

/** What a token waited for to do its work, itself or inside, does not come again; what is on its boundary still may. */
export function disarmInside(x: Execution, { id }: Token, { boundary }: Element): void {
  const { timers, messages, signals, conditions = [] } = x.instance;
  const waits = [...timers, ...messages, ...signals, ...conditions].filter(({ host }) => host === id);
  const inside = waits.flatMap(({ element }) => (boundary.some((event) => event.id === element) ? [] : [element]));
  if (inside.length > 0) disarm(x, id, inside);
}
