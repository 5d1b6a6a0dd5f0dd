/** Rules about which event definitions may stand where (BPMN 2.0.2, 10.5, tables 10.84 to 10.94). */
import type { ModdleElement } from 'bpmn-moddle';
import { children } from '../bpmn/read.ts';
import { eventDefinitions, has, isEventSubProcess, kindOf, leadsNowhere } from './diagram.ts';
import { nameOf, type Found, type Rule } from './rule.ts';

/** The kinds of definitions by place. */
const ALLOWED = {
  start: ['message', 'timer', 'conditional', 'signal'],
  eventSubProcess: ['message', 'timer', 'error', 'escalation', 'compensate', 'conditional', 'signal'],
  catch: ['message', 'timer', 'conditional', 'link', 'signal'],
  throw: ['message', 'escalation', 'compensate', 'link', 'signal'],
  end: ['message', 'escalation', 'error', 'cancel', 'compensate', 'signal', 'terminate'],
  boundary: ['message', 'timer', 'escalation', 'error', 'cancel', 'compensate', 'conditional', 'signal'],
  goesOn: ['message', 'timer', 'escalation', 'conditional', 'signal'],
} as const;

function only(event: ModdleElement, allowed: readonly string[], found: Found): void {
  for (const definition of eventDefinitions(event)) {
    if (!allowed.includes(kindOf(definition))) found(`${nameOf(event)} has ${kindOf(definition)}`);
  }
}

const start: Rule = {
  id: 'start-trigger',
  standard: '10.5.2',
  on: ['bpmn:StartEvent'],
  expects: `a start event of a process with no trigger, or with ${ALLOWED.start.join(', ')}`,
  remedy: 'Choose another trigger.',
  check(event, _diagram, found) {
    if (event.$parent?.$instanceOf('bpmn:SubProcess') !== true) only(event, ALLOWED.start, found);
  },
};

const innerStart: Rule = {
  id: 'sub-process-start',
  standard: '10.5.2',
  on: ['bpmn:StartEvent'],
  expects: 'no trigger at the start event of a sub-process, which a sequence flow starts',
  remedy: 'Take the trigger off, or make it an event sub-process.',
  check(event, _diagram, found) {
    const level = event.$parent;
    if (level?.$instanceOf('bpmn:SubProcess') !== true || isEventSubProcess(level)) return;
    if (eventDefinitions(event).length > 0) found(`${nameOf(event)} has one`);
  },
};

const eventStart: Rule = {
  id: 'event-sub-process-trigger',
  standard: '10.5.2',
  on: ['bpmn:StartEvent'],
  expects: `a trigger at the start event of an event sub-process: ${ALLOWED.eventSubProcess.join(', ')}`,
  remedy: 'Choose one.',
  check(event, diagram, found) {
    if (!isEventSubProcess(event.$parent)) return;
    const open = leadsNowhere(diagram, event, 'eventDefinitionRef');
    if (eventDefinitions(event).length === 0 && !open) found(`${nameOf(event)} has none`);
    only(event, ALLOWED.eventSubProcess, found);
  },
};

const eventStarts: Rule = {
  id: 'event-sub-process-start',
  standard: '10.3.5',
  on: ['bpmn:SubProcess'],
  expects: 'exactly one start event in an event sub-process',
  remedy: 'Keep or draw one.',
  check(level, _diagram, found) {
    if (!isEventSubProcess(level)) return;
    const starts = children(level, 'flowElements').filter((node) => node.$instanceOf('bpmn:StartEvent'));
    if (starts.length !== 1) found(`${nameOf(level)} has ${starts.length === 0 ? 'none' : String(starts.length)}`);
  },
};

const interrupting: Rule = {
  id: 'interrupting',
  standard: '10.5.2, 10.5.4',
  on: ['bpmn:StartEvent', 'bpmn:BoundaryEvent'],
  expects: `an event that does not interrupt to have only ${ALLOWED.goesOn.join(', ')}`,
  remedy: 'Make it interrupting: what threw cannot go on.',
  check(event, _diagram, found) {
    const goesOn =
      event.$type === 'bpmn:BoundaryEvent'
        ? event.get('cancelActivity') === false
        : event.get('isInterrupting') === false;
    if (!goesOn || (event.$type === 'bpmn:StartEvent' && !isEventSubProcess(event.$parent))) return;
    only(event, ALLOWED.goesOn, found);
  },
};

const catching: Rule = {
  id: 'catch-trigger',
  standard: '10.5.4',
  on: ['bpmn:IntermediateCatchEvent'],
  expects: `an intermediate catch event with ${ALLOWED.catch.join(', ')}`,
  remedy: 'Choose one; errors, escalations, cancellation and compensation are caught on the edge of an activity.',
  check(event, diagram, found) {
    const open = leadsNowhere(diagram, event, 'eventDefinitionRef');
    if (eventDefinitions(event).length === 0 && !open) found(`${nameOf(event)} has none`);
    only(event, ALLOWED.catch, found);
  },
};

const throwing: Rule = {
  id: 'throw-result',
  standard: '10.5.4',
  on: ['bpmn:IntermediateThrowEvent'],
  expects: `an intermediate throw event with nothing, or with ${ALLOWED.throw.join(', ')}`,
  remedy: 'Choose another, or use an end event.',
  check: (event, _diagram, found) => only(event, ALLOWED.throw, found),
};

const ending: Rule = {
  id: 'end-result',
  standard: '10.5.3',
  on: ['bpmn:EndEvent'],
  expects: `an end event with nothing, or with ${ALLOWED.end.join(', ')}`,
  remedy: 'Choose another.',
  check: (event, _diagram, found) => only(event, ALLOWED.end, found),
};

const boundary: Rule = {
  id: 'boundary-trigger',
  standard: '10.5.4',
  on: ['bpmn:BoundaryEvent'],
  expects: `a boundary event with ${ALLOWED.boundary.join(', ')}`,
  remedy: 'Choose one.',
  check(event, diagram, found) {
    const open = leadsNowhere(diagram, event, 'eventDefinitionRef');
    if (eventDefinitions(event).length === 0 && !open) found(`${nameOf(event)} has none`);
    only(event, ALLOWED.boundary, found);
  },
};

const cancelEnd: Rule = {
  id: 'cancel-end',
  standard: '10.5.3',
  on: ['bpmn:EndEvent'],
  expects: 'a cancel end event only inside a transaction',
  remedy: 'Make the sub-process a transaction, or choose another end.',
  check(event, diagram, found) {
    if (has(event, 'cancel') && !diagram.within(event, 'bpmn:Transaction')) found(`${nameOf(event)} is in none`);
  },
};

const shared: Rule = {
  id: 'shared-definition',
  standard: '10.5.1',
  on: ['bpmn:Event'],
  expects: 'eventDefinitionRef to name an event definition that stands by itself in the file',
  remedy: 'Give the event its own definition, or move the shared one out of the event that holds it.',
  check(event, _diagram, found) {
    for (const definition of children(event, 'eventDefinitionRef')) {
      if (definition.$parent?.$instanceOf('bpmn:Event') === true) {
        found(`${nameOf(event)} names the one of ${nameOf(definition.$parent)}`);
      }
    }
  },
};

const parallel: Rule = {
  id: 'parallel-multiple',
  standard: '10.5.1',
  on: ['bpmn:CatchEvent'],
  expects: 'several triggers where all of them are waited for',
  remedy: 'Add the others, or take parallelMultiple off.',
  severity: 'warning',
  check(event, _diagram, found) {
    if (event.get('parallelMultiple') === true && eventDefinitions(event).length < 2) found(`${nameOf(event)} has one`);
  },
};

export const eventRules: readonly Rule[] = [
  start,
  innerStart,
  eventStart,
  eventStarts,
  interrupting,
  catching,
  throwing,
  ending,
  boundary,
  cancelEnd,
  shared,
  parallel,
];
