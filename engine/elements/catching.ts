import { disarm, elementOf, tokenOf, type Execution } from '../execution.ts';
import { setVariables } from '../mappings.ts';
import type { Behaviour, Report, Trigger } from '../behaviour.ts';
import type { EventSpec } from '../events/definition.ts';
import type { Token } from '../instance.ts';
import { isWaiting } from '../events/host.ts';
import type { Element, StartTrigger } from '../model.ts';
import { decide, type RaceSpec } from './race.ts';

/** What all catching events have in common: their definition does the waiting and the matching. */
export const catching: Pick<
  Required<Behaviour<EventSpec>>,
  'arm' | 'waitsFor' | 'catches' | 'compensation' | 'check'
> = {
  arm(x, host, element) {
    for (const { definition, data } of element.spec.definitions) definition.subscribe?.(x, host, element, data);
  },
  waitsFor({ spec: { definitions, parallel } }) {
    const texts = definitions.map(({ definition, data }) => [definition.type, definition.waitsFor?.(data) ?? '']);
    return JSON.stringify([parallel, ...texts]);
  },
  catches({ spec }, kind, code) {
    let closest: 0 | 1 | 2 = 0;
    for (const { definition, data } of spec.definitions) {
      const close = definition.catches?.(data, kind, code) ?? 0;
      if (close > closest) closest = close;
    }
    return closest;
  },
  compensation({ spec }) {
    for (const { definition, data } of spec.definitions) {
      const compensation = definition.compensation?.(data);
      if (compensation) return compensation;
    }
    return null;
  },
  check: checkEvent,
};

/** The rules of the definitions of an event. */
export function checkEvent(element: Element<EventSpec>, byId: ReadonlyMap<string, Element>, report: Report): void {
  for (const { definition, data } of element.spec.definitions) definition.check?.(data, element, byId, report);
}

/**
 * Whether a catching event fires now that something came. A parallel multiple one puts it down until all have come: what
 * it still waits for is the state, and what was brought is set in the scope.
 */
export function allCame(
  x: Execution,
  host: number,
  element: Element<EventSpec>,
  { wait, variables }: Trigger,
  scope: number,
): boolean {
  if (!element.spec.parallel) return true;
  disarm(x, host, [element.id], wait);
  if (!isWaiting(x, host, element.id)) return true;
  setVariables(x, scope, variables);
  return false;
}

/** Lets a parallel multiple event that does not interrupt begin anew, unless something of it can come only once. */
export function waitAgain(x: Execution, host: number, element: Element<EventSpec>): void {
  const { definitions, parallel, interrupting } = element.spec;
  if (!parallel || interrupting || definitions.some(({ definition, data }) => definition.recurs?.(data))) return;
  for (const { definition, data } of definitions) definition.subscribe?.(x, host, element, data, true);
}

/** Of a link event: which end it is. */
export function linkOf(
  { spec }: Element<EventSpec>,
  end: 'source' | 'target',
): ReturnType<Required<Behaviour>['link']> {
  for (const { definition, data } of spec.definitions) {
    const link = definition.link?.(data);
    if (link) return { ...link, end };
  }
  return null;
}

/** The triggers that the definitions of an event give to its process. */
export function triggersOf({ id, spec }: Element<EventSpec>): StartTrigger[] {
  const { definitions } = spec;
  return definitions.flatMap(({ definition, data }, index): StartTrigger[] => {
    const trigger = definition.startTrigger?.(data);
    if (!trigger) return [];
    return [definitions.length === 1 ? { element: id, ...trigger } : { element: id, ...trigger, definition: index }];
  });
}

/**
 * The token at the catching element, once what it waited for came. When an event-based gateway waited in its place, its
 * decision is made first, and a token moves along the flow.
 */
export function caught(x: Execution, host: number, element: Element): Token | undefined {
  const token = tokenOf(x, host);
  if (!token || token.element === element.id) return token;
  const gateway = elementOf(x, token);
  const flow = gateway.outgoing.find((other) => other.target === element.id);
  if (!flow) return undefined;
  decide(x, token, gateway as Element<RaceSpec>, element);
  const id = x.draw();
  x.emit({ type: 'FlowTaken', flow: flow.id, token: id, element: element.id, scope: token.scope });
  x.emit({ type: 'ElementEntered', token: id });
  return tokenOf(x, id);
}
