/** Rules about gateways (BPMN 2.0.2, 10.6). */
import type { ModdleElement } from 'bpmn-moddle';
import { child } from '../bpmn/read.ts';
import { eventDefinitions, has, kindOf, type Diagram } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

const connected: Rule = {
  id: 'gateway-flows',
  standard: '10.6.1',
  on: ['bpmn:Gateway'],
  expects: 'several sequence flows into or out of a gateway',
  remedy: 'Connect it, or take it out.',
  deployment: 'silent',
  check(node, diagram, found) {
    const [into, out] = [diagram.incoming(node).length, diagram.outgoing(node).length];
    if (into > 1 || out > 1 || (starts(node) && out > 0)) return;
    found(`${nameOf(node)} has ${String(into)} in and ${String(out)} out`);
  },
};

function starts(node: ModdleElement): boolean {
  return node.$instanceOf('bpmn:EventBasedGateway') && node.get('instantiate') === true;
}

const direction: Rule = {
  id: 'gateway-direction',
  standard: '10.6.1',
  on: ['bpmn:Gateway'],
  expects: 'as many sequence flows as the direction of the gateway says',
  remedy: 'Correct gatewayDirection, or take it off.',
  deployment: 'silent',
  check(node, diagram, found) {
    const [into, out] = [diagram.incoming(node).length, diagram.outgoing(node).length];
    const wrong: Record<string, boolean> = {
      Converging: out > 1,
      Diverging: into > 1,
      Mixed: into < 2 || out < 2,
    };
    const said = String(node.get('gatewayDirection'));
    if (wrong[said] === true) found(`${nameOf(node)} is ${said} with ${String(into)} in and ${String(out)} out`);
  },
};

const events: Rule = {
  id: 'event-gateway',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'events behind an event-based gateway',
  remedy: 'Draw what it waits for.',
  check(node, diagram, found) {
    if (diagram.outgoing(node).length === 0) found(`no flow leads out of ${nameOf(node)}`);
  },
};

const several: Rule = {
  id: 'event-gateway-single',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'two or more events behind an event-based gateway',
  remedy: 'Draw the others, or take the gateway out.',
  deployment: 'warning',
  check(node, diagram, found) {
    if (diagram.outgoing(node).length === 1) found(`${nameOf(node)} has one`);
  },
};

const conditions: Rule = {
  id: 'event-gateway-condition',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'no condition on flows out of an event-based gateway',
  remedy: 'Take it off: the events decide.',
  deployment: 'warning',
  check(node, diagram, found) {
    for (const flow of diagram.outgoing(node))
      if (child(flow, 'conditionExpression')) found(`${nameOf(flow)} has one`, flow);
  },
};

/** The elements behind an event-based gateway. */
function behind(gateway: ModdleElement, diagram: Diagram): ModdleElement[] {
  return diagram.outgoing(gateway).flatMap((flow) => child(flow, 'targetRef') ?? []);
}

const WAITING = ['message', 'signal', 'timer', 'conditional'];

const targets: Rule = {
  id: 'event-gateway-target',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: `only receive tasks and intermediate catch events with ${WAITING.join(', ')} behind an event-based gateway`,
  remedy: 'Put the event first.',
  check(node, diagram, found) {
    for (const target of behind(node, diagram)) {
      const catches = target.$instanceOf('bpmn:IntermediateCatchEvent');
      const wrong = eventDefinitions(target).filter((definition) => !WAITING.includes(kindOf(definition)));
      if (target.$instanceOf('bpmn:ReceiveTask') || (catches && wrong.length === 0)) continue;
      found(`${nameOf(target)} follows ${nameOf(node)}`, target);
    }
  },
};

const mixed: Rule = {
  id: 'event-gateway-mixed',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'either message events or receive tasks behind an event-based gateway',
  remedy: 'Use one of the two.',
  deployment: 'warning',
  check(node, diagram, found) {
    const tasks = behind(node, diagram).filter((target) => target.$instanceOf('bpmn:ReceiveTask'));
    const messages = behind(node, diagram).filter(
      (target) => target.$instanceOf('bpmn:IntermediateCatchEvent') && has(target, 'message'),
    );
    if (tasks.length > 0 && messages.length > 0) found(`${nameOf(node)} has ${ids([...messages, ...tasks])}`);
  },
};

const edges: Rule = {
  id: 'event-gateway-boundary',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'no boundary event on a receive task behind an event-based gateway',
  remedy: 'Draw its event behind the gateway.',
  check(node, diagram, found) {
    const tasks = behind(node, diagram);
    for (const event of diagram.of('bpmn:BoundaryEvent')) {
      const host = child(event, 'attachedToRef');
      if (host && tasks.includes(host)) found(`${nameOf(host)} has ${nameOf(event)}`, event);
    }
  },
};

const others: Rule = {
  id: 'event-gateway-incoming',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'no other flow to an event behind an event-based gateway',
  remedy: 'Lead the flow to what follows the event, or to the gateway.',
  check(node, diagram, found) {
    for (const target of behind(node, diagram)) {
      for (const flow of diagram.incoming(target)) {
        const source = child(flow, 'sourceRef');
        if (source !== node) found(`${nameOf(flow)} leads from "${source?.id ?? ''}" to ${nameOf(target)}`, flow);
      }
    }
  },
};

const instantiating: Rule = {
  id: 'event-gateway-start',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'no flow into an event-based gateway that starts the process',
  remedy: 'Take the flow out, or take instantiate off.',
  check(node, diagram, found) {
    const flows = diagram.incoming(node);
    if (starts(node) && flows.length > 0) found(`${nameOf(node)} has ${ids(flows)}`);
  },
};

const parallel: Rule = {
  id: 'event-gateway-parallel',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'a parallel event-based gateway only where it starts the process',
  remedy: 'Make it exclusive.',
  check(node, _diagram, found) {
    if (node.get('eventGatewayType') === 'Parallel' && !starts(node)) found(`${nameOf(node)} is parallel`);
  },
};

const startMessages: Rule = {
  id: 'event-gateway-start-messages',
  standard: '10.6.6',
  on: ['bpmn:EventBasedGateway'],
  expects: 'only messages behind a parallel event-based gateway that starts the process',
  remedy: 'Replace the others.',
  deployment: 'silent',
  check(node, diagram, found) {
    if (!starts(node) || node.get('eventGatewayType') !== 'Parallel') return;
    const wrong = behind(node, diagram).filter((it) => !it.$instanceOf('bpmn:ReceiveTask') && !has(it, 'message'));
    if (wrong.length > 0) found(`${nameOf(node)} has ${ids(wrong)}`);
  },
};

export const gatewayRules: readonly Rule[] = [
  connected,
  direction,
  events,
  several,
  conditions,
  targets,
  mixed,
  edges,
  others,
  instantiating,
  parallel,
  startMessages,
];
