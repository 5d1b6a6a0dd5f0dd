/** Rules about what leads to an element and away from it, and where a level begins and ends (BPMN 2.0.2, 10.5). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children } from '../bpmn/read.ts';
import { has, isCompensation, isEventSubProcess, type Diagram } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

/** Processes and sub-processes, where flows run; in an ad-hoc sub-process, people choose. */
function isLevel(node: ModdleElement | undefined): node is ModdleElement {
  if (!node) return false;
  if (node.$instanceOf('bpmn:AdHocSubProcess')) return false;
  return ['bpmn:Process', 'bpmn:SubProcess', 'bpmn:Choreography', 'bpmn:SubChoreography'].some((type) =>
    node.$instanceOf(type),
  );
}

function inside(level: ModdleElement, type: string): ModdleElement[] {
  return children(level, 'flowElements').filter((node) => node.$instanceOf(type));
}

/** Receive tasks and event-based gateways that make instances. */
function instantiates(node: ModdleElement): boolean {
  const can = node.$instanceOf('bpmn:ReceiveTask') || node.$instanceOf('bpmn:EventBasedGateway');
  return can && node.get('instantiate') === true;
}

/** Elements that other means than a sequence flow bring a token to. */
function beginsOtherwise(node: ModdleElement, diagram: Diagram): boolean {
  if (node.$instanceOf('bpmn:StartEvent') || node.$instanceOf('bpmn:BoundaryEvent')) return true;
  if (isEventSubProcess(node) || isCompensation(node) || instantiates(node)) return true;
  if (node.$instanceOf('bpmn:IntermediateCatchEvent') && has(node, 'link')) return true;
  return diagram.of('bpmn:AdHocSubProcess').includes(node.$parent as ModdleElement);
}

/** Elements at which a token ends, or goes on by other means than a sequence flow. */
function endsOtherwise(node: ModdleElement, diagram: Diagram): boolean {
  if (node.$instanceOf('bpmn:EndEvent') || isEventSubProcess(node) || isCompensation(node)) return true;
  if (node.$instanceOf('bpmn:IntermediateThrowEvent') && has(node, 'link')) return true;
  if (node.$instanceOf('bpmn:BoundaryEvent')) return true;
  return diagram.of('bpmn:AdHocSubProcess').includes(node.$parent as ModdleElement);
}

const startIncoming: Rule = {
  id: 'start-incoming',
  standard: '10.5.2',
  on: ['bpmn:StartEvent'],
  expects: 'no sequence flow into a start event',
  remedy: 'Lead the flow to what follows the start event.',
  check(node, diagram, found) {
    const flows = diagram.incoming(node);
    if (flows.length > 0) found(`${ids(flows)} leads to ${nameOf(node)}`);
  },
};

const startOutgoing: Rule = {
  id: 'start-outgoing',
  standard: '10.5.2',
  on: ['bpmn:StartEvent'],
  expects: 'a sequence flow out of every start event',
  remedy: 'Connect it or take it out.',
  deployment: 'warning',
  check(node, diagram, found) {
    if (diagram.outgoing(node).length === 0) found(`nothing follows ${nameOf(node)}`);
  },
};

const endOutgoing: Rule = {
  id: 'end-outgoing',
  standard: '10.5.3',
  on: ['bpmn:EndEvent'],
  expects: 'no sequence flow out of an end event',
  remedy: 'Take the flow out, or make the event an intermediate one.',
  check(node, diagram, found) {
    const flows = diagram.outgoing(node);
    if (flows.length > 0) found(`${ids(flows)} leaves ${nameOf(node)}`);
  },
};

const endIncoming: Rule = {
  id: 'end-incoming',
  standard: '10.5.3',
  on: ['bpmn:EndEvent'],
  expects: 'a sequence flow into every end event',
  remedy: 'Connect it or take it out.',
  deployment: 'warning',
  check(node, diagram, found) {
    if (diagram.incoming(node).length === 0) found(`nothing leads to ${nameOf(node)}`);
  },
};

const startMissing: Rule = {
  id: 'start-missing',
  standard: '10.5.2',
  on: ['bpmn:Process', 'bpmn:SubProcess', 'bpmn:Choreography', 'bpmn:SubChoreography'],
  expects: 'a start event where there is an end event',
  remedy: 'Draw one, or take the end events out.',
  deployment: 'warning',
  check(level, _diagram, found) {
    if (!isLevel(level) || inside(level, 'bpmn:EndEvent').length === 0) return;
    const starts = children(level, 'flowElements').some((it) => it.$instanceOf('bpmn:StartEvent') || instantiates(it));
    if (!starts) found(`${nameOf(level)} has none`);
  },
};

const endMissing: Rule = {
  id: 'end-missing',
  standard: '10.5.3',
  on: ['bpmn:Process', 'bpmn:SubProcess', 'bpmn:Choreography', 'bpmn:SubChoreography'],
  expects: 'an end event where there is a start event',
  remedy: 'Draw one.',
  deployment: 'silent',
  check(level, _diagram, found) {
    if (!isLevel(level) || inside(level, 'bpmn:StartEvent').length === 0) return;
    if (inside(level, 'bpmn:EndEvent').length === 0) found(`${nameOf(level)} has none`);
  },
};

const incoming: Rule = {
  id: 'incoming',
  standard: '10.5.2',
  on: ['bpmn:FlowNode'],
  expects: 'a sequence flow into every element of a level that has a start event',
  remedy: 'Connect it or take it out: nothing ever leads there.',
  deployment: 'warning',
  check(node, diagram, found) {
    const level = node.$parent;
    if (!isLevel(level) || node.$instanceOf('bpmn:EndEvent') || node.$instanceOf('bpmn:IntermediateThrowEvent')) return;
    if (node.$instanceOf('bpmn:IntermediateCatchEvent') || beginsOtherwise(node, diagram)) return;
    if (inside(level, 'bpmn:StartEvent').length > 0 && diagram.incoming(node).length === 0) {
      found(`nothing leads to ${nameOf(node)}`);
    }
  },
};

const outgoing: Rule = {
  id: 'outgoing',
  standard: '10.5.3',
  on: ['bpmn:FlowNode'],
  expects: 'a sequence flow out of every element of a level that has an end event',
  remedy: 'Draw what follows, or an end event.',
  deployment: 'warning',
  check(node, diagram, found) {
    const level = node.$parent;
    if (!isLevel(level) || node.$instanceOf('bpmn:StartEvent') || endsOtherwise(node, diagram)) return;
    if (node.$instanceOf('bpmn:Event')) return;
    if (inside(level, 'bpmn:EndEvent').length > 0 && diagram.outgoing(node).length === 0) {
      found(`nothing follows ${nameOf(node)}`);
    }
  },
};

const intermediateIncoming: Rule = {
  id: 'intermediate-incoming',
  standard: '10.5.4',
  on: ['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'],
  expects: 'a sequence flow into every intermediate event that is not the target of a link',
  remedy: 'Connect it or take it out.',
  deployment: 'warning',
  check(node, diagram, found) {
    if (diagram.incoming(node).length > 0 || beginsOtherwise(node, diagram)) return;
    found(`nothing leads to ${nameOf(node)}`);
  },
};

const intermediateOutgoing: Rule = {
  id: 'intermediate-outgoing',
  standard: '10.5.4',
  on: ['bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent'],
  expects: 'a sequence flow out of every intermediate event that is not the source of a link',
  remedy: 'Draw what follows, or make it an end event.',
  deployment: 'warning',
  check(node, diagram, found) {
    if (diagram.outgoing(node).length > 0 || endsOtherwise(node, diagram)) return;
    found(`nothing follows ${nameOf(node)}`);
  },
};

const compensationFlows: Rule = {
  id: 'compensation-flows',
  standard: '10.7.2',
  on: ['bpmn:Activity'],
  expects: 'no sequence flow into or out of an activity for compensation',
  remedy: 'Take the flows out, or take the compensation marker off.',
  check(node, diagram, found) {
    const flows = [...diagram.incoming(node), ...diagram.outgoing(node)];
    if (isCompensation(node) && flows.length > 0) found(`${nameOf(node)} has ${ids(flows)}`);
  },
};

const unreachable: Rule = {
  id: 'unreachable',
  standard: 'Lanework',
  on: ['bpmn:Process', 'bpmn:SubProcess'],
  executable: true,
  expects: 'every element to be reachable from a start event',
  remedy: 'Connect it or take it out.',
  severity: 'warning',
  check(level, diagram, found) {
    const nodes = inside(level, 'bpmn:FlowNode');
    if (!isLevel(level) || inside(level, 'bpmn:StartEvent').length === 0) return;
    const reached = new Set<ModdleElement>();
    const open = nodes.filter((node) => beginsOtherwise(node, diagram));
    for (let node = open.pop(); node; node = open.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      for (const flow of diagram.outgoing(node)) {
        const target = child(flow, 'targetRef');
        if (target) open.push(target);
      }
    }
    // What nothing leads to is told by other rules.
    for (const node of nodes) {
      if (!reached.has(node) && diagram.incoming(node).length > 0) found(`no way leads to ${nameOf(node)}`, node);
    }
  },
};

export const flowNodeRules: readonly Rule[] = [
  startIncoming,
  startOutgoing,
  endOutgoing,
  endIncoming,
  startMissing,
  endMissing,
  incoming,
  outgoing,
  intermediateIncoming,
  intermediateOutgoing,
  compensationFlows,
  unreachable,
];
