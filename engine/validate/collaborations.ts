/** Rules about pools, message flows, conversations and choreographies (BPMN 2.0.2, 9 and 11). */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children } from '../bpmn/read.ts';
import { eventDefinitions, has, type Diagram, leadsNowhere } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

/** The pool that an end of a message flow is, or is in. */
function pool(node: ModdleElement | undefined, diagram: Diagram): ModdleElement | undefined {
  if (!node || node.$instanceOf('bpmn:Participant')) return node;
  const process = diagram.within(node, 'bpmn:Process');
  const pools = diagram.of('bpmn:Participant').filter((participant) => child(participant, 'processRef') === process);
  return process && (pools[0] ?? process);
}

const pools: Rule = {
  id: 'message-flow-pools',
  standard: '9.3',
  on: ['bpmn:MessageFlow'],
  expects: 'a message flow between two pools',
  remedy: 'Use a sequence flow within a pool.',
  deployment: 'warning',
  check(flow, diagram, found) {
    const [from, to] = [pool(child(flow, 'sourceRef'), diagram), pool(child(flow, 'targetRef'), diagram)];
    if (from && from === to) found(`both ends of ${nameOf(flow)} are in ${nameOf(from)}`);
  },
};

const closed: Rule = {
  id: 'closed-choreography',
  standard: '11.2',
  on: ['bpmn:MessageFlow'],
  expects: 'no further message flow at an activity of a closed choreography',
  remedy: 'Take isClosed off, or the flow out.',
  deployment: 'warning',
  check(flow, diagram, found) {
    for (const end of [child(flow, 'sourceRef'), child(flow, 'targetRef')]) {
      const around = end?.$instanceOf('bpmn:ChoreographyActivity')
        ? diagram.within(end, 'bpmn:Choreography')
        : undefined;
      if (around?.get('isClosed') === true) found(`${nameOf(flow)} has an end in ${nameOf(around)}`);
    }
  },
};

const receivers: Rule = {
  id: 'message-flow-target',
  standard: '10.5.3, 10.5.4',
  on: ['bpmn:ThrowEvent'],
  expects: 'no message flow to an event that throws',
  remedy: 'Lead it to a catching event, a task or the pool.',
  deployment: 'warning',
  check(event, diagram, found) {
    const flows = diagram.received(event);
    if (flows.length > 0) found(`${ids(flows)} leads to ${nameOf(event)}`);
  },
};

const senders: Rule = {
  id: 'message-flow-source',
  standard: '10.5.2, 10.5.4',
  on: ['bpmn:CatchEvent'],
  expects: 'no message flow from an event that catches',
  remedy: 'Begin it at a throwing event, a task or the pool.',
  deployment: 'warning',
  check(event, diagram, found) {
    const flows = diagram.sent(event);
    if (flows.length > 0) found(`${ids(flows)} begins at ${nameOf(event)}`);
  },
};

const messageEvents: Rule = {
  id: 'message-flow-event',
  standard: '10.5.2, 10.5.3, 10.5.4',
  on: ['bpmn:Event'],
  expects: 'a message definition at an event that a message flow leads to or begins at',
  remedy: 'Make it a message event.',
  deployment: 'warning',
  check(event, diagram, found) {
    const flows = event.$instanceOf('bpmn:CatchEvent') ? diagram.received(event) : diagram.sent(event);
    if (flows.length > 0 && !has(event, 'message')) found(`${nameOf(event)} with ${ids(flows)} has none`);
  },
};

const multiplicity: Rule = {
  id: 'participant-multiplicity',
  standard: '9.3.1',
  on: ['bpmn:ParticipantMultiplicity'],
  expects: 'a maximum that is not less than the minimum',
  remedy: 'Correct the numbers.',
  deployment: 'warning',
  check(node, _diagram, found) {
    const [least, most] = [Number(node.get('minimum')), Number(node.get('maximum'))];
    if (most < least) found(`${nameOf(node.$parent)} has ${String(least)} to ${String(most)}`, node.$parent);
  },
};

const lanes: Rule = {
  id: 'lane-content',
  standard: '10.8',
  on: ['bpmn:Lane'],
  expects: 'elements of its own process in a lane',
  remedy: 'Take the others out.',
  deployment: 'silent',
  check(lane, diagram, found) {
    const home = diagram.within(lane, 'bpmn:Process');
    const foreign = children(lane, 'flowNodeRef').filter((node) => diagram.within(node, 'bpmn:Process') !== home);
    if (foreign.length > 0) found(`${nameOf(lane)} has ${ids(foreign)}`);
  },
};

const choreographed: Rule = {
  id: 'choreography-reference',
  standard: '9.2, 11',
  on: ['bpmn:GlobalConversation', 'bpmn:Choreography'],
  expects: 'no reference to a choreography from a choreography or a global conversation',
  remedy: 'Take the reference out.',
  deployment: 'silent',
  check(node, diagram, found) {
    const open = leadsNowhere(diagram, node, 'choreographyRef');
    if (children(node, 'choreographyRef').length > 0 || open) found(`${nameOf(node)} has one`);
  },
};

const NOT_GLOBAL = [
  'conversations',
  'participantAssociations',
  'messageFlowAssociations',
  'conversationAssociations',
  'artifacts',
];

const globalConversation: Rule = {
  id: 'global-conversation',
  standard: '9.4.6',
  on: ['bpmn:GlobalConversation'],
  expects: 'only participants, message flows and correlation keys in a global conversation',
  remedy: 'Use a collaboration.',
  deployment: 'silent',
  check(node, _diagram, found) {
    for (const list of NOT_GLOBAL) {
      if (children(node, list).length > 0 || child(node, list)) found(`${nameOf(node)} has ${list}`);
    }
  },
};

const conversationLink: Rule = {
  id: 'conversation-link',
  standard: '9.4.7',
  on: ['bpmn:ConversationLink'],
  expects: 'a conversation link between a conversation and a participant, activity or event',
  remedy: 'Draw it again.',
  deployment: 'silent',
  check(link, _diagram, found) {
    const both = [child(link, 'sourceRef'), child(link, 'targetRef')];
    if (!both[0] || !both[1]) return;
    const conversations = both.filter((node) => node?.$instanceOf('bpmn:ConversationNode') === true).length;
    if (conversations !== 1) found(`${nameOf(link)} joins ${both.map(nameOf).join(' and ')}`);
  },
};

const initiating: Rule = {
  id: 'choreography-initiator',
  standard: '11.4.1',
  on: ['bpmn:ChoreographyActivity'],
  expects: 'the initiating participant among the participants of a choreography activity',
  remedy: 'Choose one of them.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const first = child(node, 'initiatingParticipantRef');
    if (first && !children(node, 'participantRef').includes(first))
      found(`that of ${nameOf(node)} is ${nameOf(first)}`);
  },
};

const content: Rule = {
  id: 'choreography-content',
  standard: '11',
  on: ['bpmn:Choreography', 'bpmn:SubChoreography'],
  expects: 'only choreography activities, events, gateways and sequence flows in a choreography',
  remedy: 'Replace it by a choreography task.',
  deployment: 'silent',
  check(level, _diagram, found) {
    const allowed = ['bpmn:ChoreographyActivity', 'bpmn:Event', 'bpmn:Gateway', 'bpmn:SequenceFlow'];
    for (const node of children(level, 'flowElements')) {
      if (!allowed.some((type) => node.$instanceOf(type))) found(`${nameOf(level)} has ${nameOf(node)}`, node);
    }
  },
};

const choreographyEvents: Rule = {
  id: 'choreography-events',
  standard: '11.5',
  on: ['bpmn:StartEvent', 'bpmn:EndEvent'],
  expects:
    'a choreography to begin without trigger, or by timer, condition or signal, and to end without result or terminate',
  remedy: 'Draw a choreography task for the message.',
  deployment: 'silent',
  check(event, _diagram, found) {
    const level = event.$parent;
    if (!['bpmn:Choreography', 'bpmn:SubChoreography'].some((type) => level?.$instanceOf(type) === true)) return;
    const allowed = event.$type === 'bpmn:EndEvent' ? /Terminate/ : /Timer|Conditional|Signal/;
    const wrong = eventDefinitions(event).find(({ $type }) => !allowed.test($type));
    if (wrong) found(`${nameOf(event)} has ${nameOf(wrong)}`);
  },
};

const subscription: Rule = {
  id: 'correlation-binding',
  standard: '8.4.2',
  on: ['bpmn:CorrelationSubscription'],
  executable: true,
  expects: 'a binding for each property of the correlation key, and no other',
  remedy: 'Add or remove bindings.',
  deployment: 'silent',
  check(node, _diagram, found) {
    const key = child(node, 'correlationKeyRef');
    if (!key) return;
    const wanted = children(key, 'correlationPropertyRef');
    const bindings = children(node, 'correlationPropertyBinding').map((it) => child(it, 'correlationPropertyRef'));
    const missing = wanted.filter((property) => !bindings.includes(property));
    const extra = bindings.flatMap((property) => (property && !wanted.includes(property) ? [property] : []));
    if (missing.length + extra.length > 0)
      found(`${nameOf(key)} and its bindings differ in ${ids([...missing, ...extra])}`, node.$parent);
  },
};

export const collaborationRules: readonly Rule[] = [
  pools,
  closed,
  receivers,
  senders,
  messageEvents,
  multiplicity,
  lanes,
  choreographed,
  globalConversation,
  conversationLink,
  initiating,
  content,
  choreographyEvents,
  subscription,
];
