/** Parallel gateway (BPMN 2.0, 10.6.4): waits for one token on each incoming flow, then takes every outgoing flow. */
import type { Behaviour } from '../behaviour.ts';
import { depart, takeIn } from '../execution.ts';
import { arrivedAt, oneOfEach } from '../reach.ts';

export const parallelGateway: Behaviour<null> = {
  type: 'bpmn:ParallelGateway',
  listeners: ['start'],
  compile: () => null,
  arrive(x, token, element) {
    if (element.incoming.length <= 1) return takeIn(x, token, element, []);
    const joined = oneOfEach(element, arrivedAt(x, token.scope, element));
    if (joined.length < element.incoming.length) return;
    takeIn(
      x,
      token,
      element,
      joined.flatMap(({ id }) => (id === token.id ? [] : [id])),
    );
  },
  awaits(x, token, element) {
    const waiting = arrivedAt(x, token.scope, element);
    return { flows: element.incoming.filter((flow) => !waiting.some(({ via }) => via === flow.id)), all: true };
  },
  enter(x, token, element) {
    depart(x, token, element.outgoing);
  },
};
