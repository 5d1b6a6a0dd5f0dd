/** Exclusive gateway (BPMN 2.0, 10.6.2): the first flow whose condition holds, else the default flow. A flow without condition is true. */
import type { Behaviour } from '../behaviour.ts';
import { holds } from '../evaluation.ts';
import { defaultOf, depart, ownScope } from '../execution.ts';
import { decided } from './deciding.ts';

export const exclusiveGateway: Behaviour<null> = {
  type: 'bpmn:ExclusiveGateway',
  listeners: ['start'],
  compile: () => null,
  enter(x, token, element) {
    const { outgoing, defaultFlow } = element;
    if (outgoing.length <= 1 && !outgoing[0]?.condition) return depart(x, token, outgoing);
    const scope = ownScope(x, token);
    const chosen =
      outgoing.find((flow) => flow.id !== defaultFlow && (!flow.condition || holds(x, scope, flow.condition))) ??
      defaultOf(element);
    decided(x, token, element, [chosen]);
  },
};
