/**
 * Event-based gateway (BPMN 2.0, 10.6.6): the first of the events behind it decides. One that starts the process has no way
 * in; its parallel kind lets each event go on when it comes, and is done when all of them have come.
 */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete, elementIn } from '../execution.ts';
import { caught } from './catching.ts';
import type { RaceSpec } from './race.ts';

export const eventBasedGateway: Behaviour<RaceSpec> = {
  type: 'bpmn:EventBasedGateway',
  listeners: ['start'],
  compile(node) {
    return {
      instantiate: node.get('instantiate') === true,
      parallel: node.get('eventGatewayType') === 'Parallel',
    };
  },
  begins: (node) => node.get('instantiate') !== true,
  check({ id, outgoing, spec }, byId, report) {
    for (const { target } of outgoing) {
      if (!byId.get(target)?.loop) continue;
      report(
        'event-gateway',
        `Expected the events behind "${id}" to wait once, but "${target}" has a loop marker. Take it off.`,
      );
    }
    for (const { target } of spec.instantiate ? outgoing : []) {
      const event = byId.get(target);
      if (event?.behaviour.couldStart?.(event).length === 1) continue;
      report(
        'event-gateway',
        `Expected "${target}" behind "${id}" to wait for one thing that can start the process, but it does not. ` +
          'Put a message, signal or timer there.',
      );
    }
  },
  startTriggers({ id, outgoing, spec }, byId) {
    if (!spec.instantiate) return [];
    return outgoing.flatMap(({ target }) => {
      const event = byId.get(target);
      return (event?.behaviour.couldStart?.(event) ?? []).map((trigger) => ({ ...trigger, gateway: id }));
    });
  },
  races: ({ outgoing }) => outgoing.map(({ target }) => target),
  begin(x, token, element, by) {
    const first = elementIn(x, token.scope, by.element);
    for (const { target } of element.spec.parallel ? element.outgoing : []) {
      if (target !== first.id) arm(x, token.id, elementIn(x, token.scope, target));
    }
    const moved = caught(x, token.id, first);
    if (moved) complete(x, moved);
  },
  enter(x, token, { outgoing }) {
    for (const flow of outgoing) arm(x, token.id, elementIn(x, token.scope, flow.target));
  },
};
