/** Parallel gateway (BPMN 2.0, 10.6.4): waits for one token on each incoming flow, then takes every outgoing flow. */
import type { Behaviour } from '../behaviour.ts';
import { depart, takeIn } from '../execution.ts';

export const parallelGateway: Behaviour<null> = {
  type: 'bpmn:ParallelGateway',
  compile: () => null,
  arrive(x, token, element) {
    const joined: number[] = [];
    for (const flow of element.incoming) {
      const arrived = x.instance.tokens.find(
        (other) =>
          other.scope === token.scope &&
          other.element === element.id &&
          other.state === 'arrived' &&
          other.via === flow.id,
      );
      if (!arrived) return;
      if (arrived.id !== token.id) joined.push(arrived.id);
    }
    takeIn(x, token, element, joined);
  },
  enter(x, token, element) {
    depart(x, token, element.outgoing);
  },
};
