/** Our own rules: what the engine needs beyond the standard, and what is surely a mistake. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { eventDefinitions, has, isEventSubProcess } from './diagram.ts';
import { nameOf, type Rule } from './rule.ts';

/** What an event catches, as one text: the kind, with the message's name, the signal's name, or the code, if it has any. */
function caught(event: ModdleElement): string[] {
  return eventDefinitions(event).flatMap((definition) => {
    if (UNNAMED.has(definition.$type)) return [definition.$type];
    const [reference, name] = NAMED[definition.$type] ?? [];
    if (reference === undefined || name === undefined) return [];
    const target = child(definition, reference);
    const value = target && text(target, name);
    // Two that name nothing catch the same errors and escalations; messages and signals without name catch nothing.
    if (value === undefined && name.endsWith('ame')) return [];
    return [`${definition.$type} ${value ?? ''}`];
  });
}

const NAMED: Readonly<Record<string, readonly [reference: string, name: string]>> = {
  'bpmn:MessageEventDefinition': ['messageRef', 'name'],
  'bpmn:SignalEventDefinition': ['signalRef', 'name'],
  'bpmn:ErrorEventDefinition': ['errorRef', 'errorCode'],
  'bpmn:EscalationEventDefinition': ['escalationRef', 'escalationCode'],
};

const UNNAMED: ReadonlySet<string> = new Set(['bpmn:CancelEventDefinition', 'bpmn:CompensateEventDefinition']);

/** The first of the earlier events that catches one of the same. */
function earlier(event: ModdleElement, all: readonly ModdleElement[]): ModdleElement | undefined {
  const mine = caught(event);
  return all.slice(0, all.indexOf(event)).find((other) => caught(other).some((one) => mine.includes(one)));
}

const twiceOnEdge: Rule = {
  id: 'boundary-twice',
  standard: 'Lanework',
  on: ['bpmn:BoundaryEvent'],
  executable: true,
  expects: 'one boundary event for a message, signal, error, escalation, cancellation or compensation on an activity',
  remedy: 'Take one out, or let it catch another.',
  severity: 'warning',
  deployment: 'error',
  check(event, diagram, found) {
    const host = child(event, 'attachedToRef');
    const all = diagram.of('bpmn:BoundaryEvent').filter((other) => child(other, 'attachedToRef') === host);
    const first = earlier(event, all);
    if (first) found(`${nameOf(event)} catches the same as "${first.id ?? ''}"`);
  },
};

const twiceInside: Rule = {
  id: 'event-sub-process-twice',
  standard: 'Lanework',
  on: ['bpmn:StartEvent'],
  executable: true,
  expects: 'one event sub-process for a message, signal, error, escalation or compensation on a level',
  remedy: 'Take one out, or let it catch another.',
  severity: 'warning',
  deployment: 'error',
  check(event, diagram, found) {
    const group = event.$parent;
    if (!isEventSubProcess(group)) return;
    const all = diagram
      .of('bpmn:StartEvent')
      .filter((other) => isEventSubProcess(other.$parent) && other.$parent?.$parent === group?.$parent);
    // What undoes a sub-process is one of the two: a handler at its edge, or an event sub-process inside.
    const atEdge = diagram
      .of('bpmn:BoundaryEvent')
      .filter((other) => child(other, 'attachedToRef') === group?.$parent && has(other, 'compensate'));
    const first = earlier(event, [...atEdge, ...all]);
    if (first) found(`${nameOf(event)} catches the same as "${first.id ?? ''}"`);
  },
};

const twiceStarted: Rule = {
  id: 'message-start-twice',
  standard: 'Lanework',
  on: ['bpmn:StartEvent'],
  executable: true,
  expects: 'one start event of a process for a message',
  remedy: 'Take one out, or give it another message.',
  severity: 'warning',
  deployment: 'error',
  check(event, _diagram, found) {
    const process = event.$parent;
    if (process?.$type !== 'bpmn:Process') return;
    const all = children(process, 'flowElements').filter((node) => node.$instanceOf('bpmn:StartEvent'));
    const first = earlier(event, all);
    if (first) found(`${nameOf(event)} waits for the same as "${first.id ?? ''}"`);
  },
};

const plainStarts: Rule = {
  id: 'start',
  standard: 'Lanework',
  on: ['bpmn:Process', 'bpmn:SubProcess'],
  executable: true,
  expects: 'at most one start event without trigger',
  remedy: 'Keep one of them.',
  severity: 'warning',
  deployment: 'error',
  check(level, _diagram, found) {
    const plain = children(level, 'flowElements').filter(
      (node) => node.$instanceOf('bpmn:StartEvent') && eventDefinitions(node).length === 0,
    );
    if (plain.length > 1) found(`${nameOf(level)} has ${plain.map(({ id }) => id ?? '').join(', ')}`);
  },
};

const unnamed: Rule = {
  id: 'unnamed',
  standard: 'Lanework',
  on: ['bpmn:UserTask'],
  executable: true,
  expects: 'a name on every user task, because people read it',
  remedy: 'Name it with a verb and a noun.',
  severity: 'warning',
  deployment: 'silent',
  check(task, _diagram, found) {
    if (text(task, 'name') === undefined) found(`${nameOf(task)} has none`);
  },
};

export const laneworkRules: readonly Rule[] = [twiceOnEdge, twiceInside, twiceStarted, plainStarts, unnamed];
