/** Event-based gateway, exclusive (BPMN 2.0, 10.6.6): the first of the events behind it decides. */
import type { Behaviour } from '../behaviour.ts';
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
    return null;
  },
  check({ id, outgoing }, byId, report) {
    if (outgoing.length === 0) {
      report('event-gateway', `Expected events behind "${id}", but no flow leads out of it. Draw what it waits for.`);
    }
    for (const { target } of outgoing) {
      if (WAITING.includes(byId.get(target)?.type ?? '')) continue;
      report(
        'event-gateway',
        `Expected only catch events and receive tasks behind "${id}", but found "${target}". Put the event first.`,
      );
    }
  },
  enter(x, token, { outgoing }) {
    for (const flow of outgoing) arm(x, token.id, elementIn(x, token.scope, flow.target));
  },
};
