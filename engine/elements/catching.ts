import { depart, elementOf, tokenOf, type Execution } from '../execution.ts';
import type { Behaviour, Report } from '../behaviour.ts';
import type { EventSpec } from '../events/definition.ts';
import type { Token } from '../instance.ts';
import type { Element } from '../model.ts';

/** What all catching events have in common: their definition does the waiting and the matching. */
export const catching: Pick<Required<Behaviour<EventSpec>>, 'arm' | 'catches' | 'compensation' | 'check'> = {
  arm(x, host, element) {
    for (const { definition, data } of element.spec.definitions) definition.subscribe?.(x, host, element, data);
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
 * The token at the catching element, once what it waited for came. When an event-based gateway waited in its place, the
 * gateway's token moves along the flow first, which gives up the other events.
 */
export function caught(x: Execution, host: number, element: Element): Token | undefined {
  const token = tokenOf(x, host);
  if (!token || token.element === element.id) return token;
  const flow = elementOf(x, token).outgoing.find((other) => other.target === element.id);
  if (!flow) return undefined;
  depart(x, token, []);
  const id = x.draw();
  x.emit({ type: 'FlowTaken', flow: flow.id, token: id, element: element.id, scope: token.scope });
  x.emit({ type: 'ElementEntered', token: id });
  return tokenOf(x, id);
}
