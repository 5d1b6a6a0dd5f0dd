/** Rules about boundary events and compensation (BPMN 2.0.2, 10.5.4 and 10.7). */
import type { ModdleElement } from 'bpmn-moddle';
import { child } from '../bpmn/read.ts';
import { has, isCompensation, isEventSubProcess, type Diagram } from './diagram.ts';
import { ids, nameOf, type Rule } from './rule.ts';

const incoming: Rule = {
  id: 'boundary-incoming',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: 'no sequence flow into a boundary event',
  remedy: 'Lead the flow to what follows it.',
  check(event, diagram, found) {
    const flows = diagram.incoming(event);
    if (flows.length > 0) found(`${ids(flows)} leads to ${nameOf(event)}`);
  },
};

const outgoing: Rule = {
  id: 'boundary-outgoing',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: 'a sequence flow out of every boundary event that is not one for compensation',
  remedy: 'Draw what follows.',
  deployment: 'warning',
  check(event, diagram, found) {
    if (!has(event, 'compensate') && diagram.outgoing(event).length === 0) found(`nothing follows ${nameOf(event)}`);
  },
};

const compensationOutgoing: Rule = {
  id: 'compensation-outgoing',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: 'no sequence flow out of a boundary event for compensation',
  remedy: 'Draw an association to the activity that compensates.',
  check(event, diagram, found) {
    const flows = diagram.outgoing(event);
    if (has(event, 'compensate') && flows.length > 0) found(`${nameOf(event)} has ${ids(flows)}`);
  },
};

const host: Rule = {
  id: 'boundary-host',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: 'a boundary event on an activity of its own level that is not an event sub-process',
  remedy: 'Put it on another activity.',
  check(event, _diagram, found) {
    const activity = child(event, 'attachedToRef');
    if (activity && (activity.$parent !== event.$parent || isEventSubProcess(activity))) {
      found(`${nameOf(event)} sits on ${nameOf(activity)}`);
    }
  },
};

const cancel: Rule = {
  id: 'cancel-host',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: 'a cancel boundary event only on a transaction',
  remedy: 'Make the sub-process a transaction, or choose another trigger.',
  check(event, _diagram, found) {
    const activity = child(event, 'attachedToRef');
    if (has(event, 'cancel') && activity && !activity.$instanceOf('bpmn:Transaction')) {
      found(`${nameOf(event)} sits on ${nameOf(activity)}`);
    }
  },
};

/** What the associations of a compensation event lead to. */
function handlers(event: ModdleElement, diagram: Diagram): ModdleElement[] {
  return diagram.of('bpmn:Association').flatMap((association) => {
    const [source, target] = [child(association, 'sourceRef'), child(association, 'targetRef')];
    const other = source === event ? target : target === event ? source : undefined;
    return other && !other.$instanceOf('bpmn:Artifact') ? [other] : [];
  });
}

const handler: Rule = {
  id: 'compensation-handler',
  standard: '10.7.2',
  on: ['bpmn:BoundaryEvent'],
  expects: 'an association from a boundary event for compensation to exactly one activity',
  remedy: 'Draw it.',
  deployment: 'warning',
  check(event, diagram, found) {
    if (!has(event, 'compensate')) return;
    const activities = handlers(event, diagram);
    if (activities.length !== 1)
      found(`${nameOf(event)} leads to ${activities.length === 0 ? 'none' : ids(activities)}`);
  },
};

const marked: Rule = {
  id: 'compensation-marker',
  standard: '10.7.2',
  on: ['bpmn:BoundaryEvent'],
  expects: 'an activity with the compensation marker behind a boundary event for compensation',
  remedy: 'Mark it (isForCompensation), or choose another.',
  check(event, diagram, found) {
    if (!has(event, 'compensate')) return;
    for (const activity of handlers(event, diagram)) {
      if (!isCompensation(activity)) found(`${nameOf(event)} leads to ${nameOf(activity)}`);
    }
  },
};

const unused: Rule = {
  id: 'compensation-unused',
  standard: '10.7.2',
  on: ['bpmn:Activity'],
  expects: 'an association from a boundary event for compensation to an activity with the compensation marker',
  remedy: 'Draw it, or take the marker off: the activity never runs.',
  severity: 'warning',
  check(activity, diagram, found) {
    if (!isCompensation(activity)) return;
    const used = diagram.of('bpmn:BoundaryEvent').some((event) => handlers(event, diagram).includes(activity));
    if (!used) found(`nothing leads to ${nameOf(activity)}`);
  },
};

export const boundaryEventRules: readonly Rule[] = [
  incoming,
  outgoing,
  compensationOutgoing,
  host,
  cancel,
  handler,
  marked,
  unused,
];
