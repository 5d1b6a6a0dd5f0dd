import { depart, ownScope, type Execution } from '../execution.ts';
import type { Token, Variables } from '../instance.ts';
import type { Element, Flow } from '../model.ts';
import { visible } from '../variables.ts';

/** Records what a gateway chose and the values that its conditions read. */
export function recordDecision(x: Execution, token: Token, element: Element, flows: readonly Flow[]): void {
  const variables = visible(x.instance, ownScope(x, token));
  const saw: Variables = {};
  for (const name of element.outgoing.flatMap((flow) => flow.condition?.names ?? [])) {
    const value = variables[name];
    if (value !== undefined) saw[name] = value;
  }
  x.emit({ type: 'GatewayDecided', token: token.id, flows: flows.map(({ id }) => id), saw });
}

/** Records what a gateway chose, then takes the flows. */
export function decided(x: Execution, token: Token, element: Element, flows: readonly Flow[]): void {
  recordDecision(x, token, element, flows);
  depart(x, token, flows);
}
