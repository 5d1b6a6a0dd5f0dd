/**
 * Event-based gateway (BPMN 2.0, 10.6.6): the first of the events behind it decides. One that starts the process has no way
 * in; its parallel kind lets each event go on when it comes, and is done when all of them have come.
 */
import type { Behaviour } from '../behaviour.ts';
import { arm, complete, elementIn } from '../execution.ts';
import { caught } from './catching.ts';
import type { RaceSpec } from './race.ts';

const WAITING = ['bpmn:IntermediateCatchEvent', 'bpmn:ReceiveTask'];

export const eventBasedGateway: Behaviour<RaceSpec> = {
  type: 'bpmn:EventBasedGateway',
  listeners: ['start'],
  compile(node, c) {
    const spec = {
      instantiate: node.get('instantiate') === true,
      parallel: node.get('eventGatewayType') === 'Parallel',
    };
    if (spec.parallel && !spec.instantiate) {
      c.problem(
        node,
        'event-gateway',
        `Expected event-based gateway "${node.id ?? ''}" to be exclusive, or to start the process. Change it.`,
      );
    }
    return spec;
  },
  begins: (node) => node.get('instantiate') !== true,
  check({ id, outgoing, spec }, byId, report) {
    if (outgoing.length === 0) {
      report('event-gateway', `Expected events behind "${id}", but no flow leads out of it. Draw what it waits for.`);
    }
    for (const { target } of outgoing) {
      const event = byId.get(target);
      if (!event || !WAITING.includes(event.type)) {
        report(
          'event-gateway',
          `Expected only catch events and receive tasks behind "${id}", but found "${target}". Put the event first.`,
        );
      } else if (spec.instantiate && event.behaviour.couldStart?.(event).length !== 1) {
        report(
          'event-gateway',
          `Expected "${target}" behind "${id}" to wait for one thing that can start the process.`,
        );
      }
    }
  },
  startTriggers({ id, outgoing, spec }, byId) {
    if (!spec.instantiate) return [];
    return outgoing.flatMap(({ target }) => {
      const event = byId.get(target);
      return (event?.behaviour.couldStart?.(event) ?? []).map((trigger) => ({ ...trigger, gateway: id }));
    });
  },
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
