/** Event-based gateway, exclusive (BPMN 2.0, 10.6.6): the first of the events behind it decides. */
import type { Behaviour } from '../behaviour.ts';
import { children } from '../bpmn/read.ts';
import { arm, elementIn } from '../execution.ts';

const WAITING = ['bpmn:IntermediateCatchEvent', 'bpmn:ReceiveTask'];

export const eventBasedGateway: Behaviour<null> = {
  type: 'bpmn:EventBasedGateway',
  compile(node, c) {
    if (node.get('instantiate') === true || node.get('eventGatewayType') === 'Parallel') {
      c.problem(
        node,
        'unsupported-attribute',
        `Expected event-based gateway "${node.id ?? ''}" to be exclusive and not to start the process. Change it.`,
      );
    }
    for (const flow of children(node, 'outgoing')) {
      const target = flow.get('targetRef') as { $type: string; id?: string } | undefined;
      if (target && !WAITING.includes(target.$type)) {
        c.problem(
          node,
          'event-gateway',
          `Expected only catch events and receive tasks behind "${node.id ?? ''}", but found "${target.id ?? ''}". ` +
            'Put the event first.',
        );
      }
    }
    return null;
  },
  enter(x, token, { outgoing }) {
    for (const flow of outgoing) arm(x, token.id, elementIn(x, token.scope, flow.target));
  },
};
