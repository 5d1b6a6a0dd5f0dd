/**
 * Inclusive gateway (BPMN 2.0, 10.6.3 and 13.4.3). The split takes every flow whose condition holds. The join fires when
 * all tokens rest and no token elsewhere in the scope can still reach one of its empty incoming flows.
 */
import type { Behaviour } from '../behaviour.ts';
import { defaultOf, depart, holds, modelOf, ownScope, takeIn, type Execution } from '../execution.ts';
import type { Token } from '../instance.ts';
import type { Element, ProcessModel } from '../model.ts';
import { checkConditions, decided } from './deciding.ts';

export const inclusiveGateway: Behaviour<null> = {
  type: 'bpmn:InclusiveGateway',
  compile: () => null,
  check: checkConditions,

  arrive(x, token, element) {
    if (element.incoming.length <= 1) takeIn(x, token, element);
  },

  settle(x, token, element) {
    const model = modelOf(x, token.scope);
    const waiting = x.instance.tokens.filter((other) => other.scope === token.scope && isWaiting(other, element));
    const full = new Set(waiting.map((other) => other.via ?? ''));
    if (full.size < element.incoming.length && awaited(x, token.scope, element, full, model)) return;
    const firstOfEach = [...full].map((via) => waiting.find((other) => other.via === via)?.id ?? token.id);
    takeIn(
      x,
      token,
      element,
      firstOfEach.filter((id) => id !== token.id),
    );
  },

  enter(x, token, element) {
    const { outgoing, defaultFlow } = element;
    if (outgoing.length <= 1 && !outgoing[0]?.condition) return depart(x, token, outgoing);
    const scope = ownScope(x, token);
    const chosen = outgoing.filter(
      (flow) => flow.id !== defaultFlow && (!flow.condition || holds(x, scope, flow.condition)),
    );
    decided(x, token, element, chosen.length > 0 ? chosen : [defaultOf(element)]);
  },
};

function isWaiting(token: Token, element: Element): boolean {
  return token.element === element.id && token.state === 'arrived';
}

/**
 * Whether some token can still reach an empty incoming flow, and no filled one, without passing the gateway itself: a
 * token that can reach both is not waited for, as the standard says.
 */
function awaited(x: Execution, scope: number, join: Element, full: Set<string>, model: ProcessModel): boolean {
  const filled = join.incoming.filter((flow) => full.has(flow.id));
  const toFilled = upstream(
    filled.map((flow) => flow.source),
    join,
    model,
  );
  const toEmpty = upstream(
    join.incoming.filter((flow) => !full.has(flow.id)).map((flow) => flow.source),
    join,
    model,
  );
  return x.instance.tokens.some(
    (token) =>
      token.scope === scope && !isWaiting(token, join) && toEmpty.has(token.element) && !toFilled.has(token.element),
  );
}

/** The elements from which one of these can be reached by flows and boundary events without passing the join. */
function upstream(from: readonly string[], join: Element, model: ProcessModel): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const element = model.byId.get(id);
    if (!element || reached.has(id) || id === join.id) continue;
    reached.add(id);
    open.push(...element.incoming.map((flow) => flow.source));
    if (element.attachedTo !== null) open.push(element.attachedTo);
  }
  return reached;
}
