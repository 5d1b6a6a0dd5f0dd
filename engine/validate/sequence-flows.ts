/** Rules about sequence flows (BPMN 2.0.2, 7.6.1 and 8.4.13). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children } from '../bpmn/read.ts';
import { isEventSubProcess } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

const level: Rule = {
  id: 'flow-level',
  standard: '7.6.1',
  on: ['bpmn:SequenceFlow'],
  expects: 'a sequence flow between two elements of the same process and level',
  remedy: 'Use a message flow between pools, and events to leave or enter a sub-process.',
  check(flow, _diagram, found) {
    const [source, target] = [child(flow, 'sourceRef'), child(flow, 'targetRef')];
    if (source && target && source.$parent !== target.$parent) {
      found(`${nameOf(flow)} goes from "${source.id ?? ''}" to "${target.id ?? ''}"`);
    }
  },
};

const ends: Rule = {
  id: 'flow-event-sub-process',
  standard: '10.3.5',
  on: ['bpmn:SubProcess'],
  expects: 'no sequence flow into or out of an event sub-process',
  remedy: 'Take the flow out: its start event triggers it.',
  check(node, diagram, found) {
    if (!isEventSubProcess(node)) return;
    const flows = [...diagram.incoming(node), ...diagram.outgoing(node)];
    if (flows.length > 0) found(`${nameOf(node)} has ${ids(flows)}`);
  },
};

const listed: Rule = {
  id: 'flow-listed',
  standard: '8.4.13',
  on: ['bpmn:SequenceFlow'],
  expects: 'a sequence flow that its source names as outgoing and its target as incoming',
  remedy: 'Save the diagram in the modeler, which writes both.',
  deployment: 'silent',
  check(flow, _diagram, found) {
    for (const [end, list] of [
      ['sourceRef', 'outgoing'],
      ['targetRef', 'incoming'],
    ] as const) {
      const node = child(flow, end);
      if (node?.$instanceOf('bpmn:FlowNode') === true && !children(node, list).includes(flow)) {
        found(`${nameOf(node)} does not name ${nameOf(flow)} as ${list}`, node);
      }
    }
  },
};

const listing: Rule = {
  id: 'flow-lists',
  standard: '8.4.13',
  on: ['bpmn:FlowNode'],
  expects: 'incoming and outgoing to name only sequence flows that end or begin here',
  remedy: 'Save the diagram in the modeler, which writes both.',
  deployment: 'warning',
  check(node, { file }, found) {
    for (const [list, end] of [
      ['incoming', 'targetRef'],
      ['outgoing', 'sourceRef'],
    ] as const) {
      const wrong = children(node, list).filter(
        (flow) => flow.$instanceOf('bpmn:SequenceFlow') && child(flow, end) !== node,
      );
      if (wrong.length > 0) found(`${list} of ${nameOf(node)} names ${ids(wrong)}`);
      for (const open of file.unresolved ?? []) {
        if (open.element === node && open.property === `bpmn:${list}`)
          found(`${list} of ${nameOf(node)} names "${open.id}"`);
      }
    }
  },
};

const single: Rule = {
  id: 'single-conditional-flow',
  standard: '8.4.13',
  on: ['bpmn:Activity'],
  expects: 'another flow out of an activity beside a conditional one',
  remedy: 'Draw what happens when the condition does not hold, or take the condition off.',
  deployment: 'warning',
  check(node, diagram, found) {
    const [only, ...more] = diagram.outgoing(node);
    if (only && more.length === 0 && child(only, 'conditionExpression')) {
      found(`${nameOf(only)} is the only one out of "${node.id ?? ''}" and has a condition`);
    }
  },
};

const defaultFlow: Rule = {
  id: 'default-flow',
  standard: '10.3.1, 10.6.2',
  on: ['bpmn:Activity', 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'],
  expects: 'a default flow that begins at its own element',
  remedy: 'Choose another default flow.',
  check(node, _diagram, found) {
    const flow = child(node, 'default');
    if (flow && child(flow, 'sourceRef') !== node) found(`default of ${nameOf(node)} is ${nameOf(flow)}`);
  },
};

const defaultCondition: Rule = {
  id: 'default-flow-condition',
  standard: '10.3.1',
  on: ['bpmn:Activity', 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway'],
  expects: 'a default flow without condition, because nobody reads it',
  remedy: 'Take the condition off.',
  severity: 'warning',
  check(node, _diagram, found) {
    const flow = child(node, 'default');
    if (flow && child(flow, 'conditionExpression')) found(`${nameOf(flow)} has one`, flow);
  },
};

const conditionSource: Rule = {
  id: 'condition-source',
  standard: '8.4.13, 10.5.2, 10.6.4',
  on: ['bpmn:SequenceFlow'],
  expects: 'a condition only on flows out of activities and exclusive, inclusive or complex gateways',
  remedy: 'Take the condition off, or put an exclusive gateway in front.',
  deployment: 'warning',
  check(flow, _diagram, found) {
    const source = child(flow, 'sourceRef');
    if (!source || !child(flow, 'conditionExpression')) return;
    const wrong = ['bpmn:Event', 'bpmn:ParallelGateway'].some((type) => source.$instanceOf(type));
    if (wrong) found(`${nameOf(flow)} has one and begins at ${nameOf(source)}`);
  },
};

const immediate: Rule = {
  id: 'flow-immediate',
  standard: '8.4.13',
  on: ['bpmn:SequenceFlow'],
  executable: true,
  expects: 'isImmediate not to be false in an executable process',
  remedy: 'Take the attribute off.',
  deployment: 'warning',
  check(flow, _diagram, found) {
    if (flow.get('isImmediate') === false) found(`it is for ${nameOf(flow)}`);
  },
};

const mixed: Rule = {
  id: 'unconditional-flow',
  standard: '10.6.2, 10.6.3',
  on: ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'],
  expects: 'a condition on each flow out of a gateway that chooses, the default flow excepted',
  remedy: 'Make it the default flow, or give it a condition; without one it counts as true.',
  severity: 'warning',
  check(node, diagram, found) {
    const flows = diagram.outgoing(node).filter((flow) => flow !== child(node, 'default'));
    const bare = flows.filter((flow) => !child(flow, 'conditionExpression'));
    const all = bare.length === flows.length && (flows.length < 2 || node.$type === 'bpmn:InclusiveGateway');
    if (bare.length > 0 && !all) found(`${nameOf(node)} has ${ids(bare)} without`);
  },
};

const twice: Rule = {
  id: 'parallel-flows',
  standard: 'Lanework',
  on: ['bpmn:FlowNode'],
  expects: 'one unconditional flow between two elements',
  remedy: 'Take one out, unless the target is to run twice.',
  severity: 'warning',
  check(node, diagram, found) {
    const targets = new Set<ModdleElement | undefined>();
    for (const flow of diagram.outgoing(node)) {
      const target = child(flow, 'targetRef');
      if (!child(flow, 'conditionExpression') && targets.has(target)) {
        found(`${nameOf(flow)} is a second one to "${target?.id ?? ''}"`, flow);
      }
      if (!child(flow, 'conditionExpression')) targets.add(target);
    }
  },
};

export const sequenceFlowRules: readonly Rule[] = [
  level,
  ends,
  listed,
  listing,
  single,
  defaultFlow,
  defaultCondition,
  conditionSource,
  immediate,
  mixed,
  twice,
];
