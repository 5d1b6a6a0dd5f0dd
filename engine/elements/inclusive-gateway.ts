/**
 * Inclusive gateway (BPMN 2.0, 10.6.3 and 13.4.3). The split takes every flow whose condition holds. The join fires when
 * all tokens rest and no token elsewhere in the scope can still reach one of its empty incoming flows.
 */
import type { Behaviour } from '../behaviour.ts';
import { holds } from '../evaluation.ts';
import { defaultOf, depart, modelOf, ownScope, takeIn, type Execution } from '../execution.ts';
import type { Element } from '../model.ts';
import { arrivedAt, oneOfEach, supplies, upstream } from '../reach.ts';
import { decided } from './deciding.ts';

export const inclusiveGateway: Behaviour<null> = {
  type: 'bpmn:InclusiveGateway',
  listeners: ['start'],
  compile: () => null,

  arrive(x, token, element) {
    if (element.incoming.length <= 1) takeIn(x, token, element);
  },

  awaits(x, token, element) {
    if (token.state !== 'arrived') return null;
    const waiting = arrivedAt(x, token.scope, element);
    return { flows: element.incoming.filter((flow) => !waiting.some(({ via }) => via === flow.id)), all: false };
  },

  settle(x, token, element) {
    const waiting = oneOfEach(element, arrivedAt(x, token.scope, element));
    const full = new Set(waiting.map(({ via }) => via ?? ''));
    if (full.size < element.incoming.length && awaited(x, token.scope, element, full)) return;
    takeIn(
      x,
      token,
      element,
      waiting.flatMap(({ id }) => (id === token.id ? [] : [id])),
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

/**
 * Whether some token can still reach an empty incoming flow, and no filled one, without passing the gateway itself: a
 * token that can reach both is not waited for, as the standard says.
 */
function awaited(x: Execution, scope: number, join: Element, full: ReadonlySet<string>): boolean {
  const model = modelOf(x, scope);
  const filled = join.incoming.filter((flow) => full.has(flow.id)).map((flow) => flow.source);
  const empty = join.incoming.filter((flow) => !full.has(flow.id)).map((flow) => flow.source);
  const toFilled = upstream(filled, join, model);
  const toEmpty = upstream(empty, join, model);
  return x.instance.tokens.some(
    (token) =>
      token.scope === scope &&
      token.element !== join.id &&
      toEmpty.has(token.element) &&
      !toFilled.has(token.element) &&
      supplies(token, model.byId.get(token.element)),
  );
}
