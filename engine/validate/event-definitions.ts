/** Rules about what an event definition says (BPMN 2.0.2, 10.5.5), links excepted. */
import type { ModdleElement } from 'bpmn-moddle';
import { child, children, text } from '../bpmn/read.ts';
import { eventDefinitions, isEventSubProcess, kindOf, type Diagram, leadsNowhere } from './diagram.ts';
import { nameOf, type Rule } from './rule.ts';

/** Definitions of a kind at the events of a type. */
function definitionsOf(event: ModdleElement, kind: string): ModdleElement[] {
  return eventDefinitions(event).filter((definition) => kindOf(definition) === kind);
}

/** Message definitions that stand in the event itself: a shared one may be completed by another file. */
function ownMessages(event: ModdleElement): ModdleElement[] {
  return children(event, 'eventDefinitions').filter((definition) => kindOf(definition) === 'message');
}

/** Is the reference there, though it may lead out of the file? */
function refers(definition: ModdleElement, property: string, diagram: Diagram): boolean {
  if (child(definition, property)) return true;
  return leadsNowhere(diagram, definition, property);
}

const errorCode: Rule = {
  id: 'error-code',
  standard: '10.5.5',
  on: ['bpmn:EndEvent'],
  executable: true,
  expects: 'an error with a code at an end event that throws it',
  remedy: 'Choose or make an error, and give it a code.',
  check(event, diagram, found) {
    for (const definition of definitionsOf(event, 'error')) {
      const error = child(definition, 'errorRef');
      // An open reference is the code itself in diagrams of old engines.
      if (error ? text(error, 'errorCode') === undefined : !refers(definition, 'errorRef', diagram)) {
        found(error ? `${nameOf(error)} of ${nameOf(event)} has none` : `${nameOf(event)} names no error`);
      }
    }
  },
};

const escalationCode: Rule = {
  id: 'escalation-code',
  standard: '10.5.5',
  on: ['bpmn:ThrowEvent'],
  executable: true,
  expects: 'an escalation with a code at an event that throws it',
  remedy: 'Choose or make an escalation, and give it a code.',
  check(event, _diagram, found) {
    for (const definition of definitionsOf(event, 'escalation')) {
      const escalation = child(definition, 'escalationRef');
      if (!escalation) found(`${nameOf(event)} names no escalation`);
      else if (text(escalation, 'escalationCode') === undefined) found(`${nameOf(escalation)} has none`);
    }
  },
};

const messageRef: Rule = {
  id: 'message-reference',
  standard: '10.5.5',
  on: ['bpmn:Event'],
  executable: true,
  expects: 'a message event of an executable process to name its message',
  remedy: 'Choose or make one.',
  // Whether it can be executed without one, because a job sends it, is known where the event is compiled.
  deployment: 'silent',
  check(event, diagram, found) {
    for (const definition of ownMessages(event)) {
      if (!refers(definition, 'messageRef', diagram)) found(`${nameOf(event)} names none`);
    }
  },
};

const operationRef: Rule = {
  id: 'operation-reference',
  standard: '10.5.5',
  on: ['bpmn:Event'],
  executable: true,
  expects: 'a message event of an executable process to name the operation that it uses',
  remedy: 'Choose one, if the diagram goes to a tool that asks for it.',
  deployment: 'silent',
  check(event, diagram, found) {
    for (const definition of ownMessages(event)) {
      if (!refers(definition, 'operationRef', diagram)) found(`${nameOf(event)} names none`);
    }
  },
};

const signalRef: Rule = {
  id: 'signal-reference',
  standard: '10.5.5',
  on: ['bpmn:Event'],
  executable: true,
  expects: 'a signal event of an executable process to name its signal',
  remedy: 'Choose or make one.',
  severity: 'warning',
  deployment: 'silent',
  check(event, diagram, found) {
    for (const definition of definitionsOf(event, 'signal')) {
      if (!refers(definition, 'signalRef', diagram)) found(`${nameOf(event)} names none`);
    }
  },
};

const signalIdentity: Rule = {
  id: 'signal-identity',
  standard: 'Lanework',
  on: ['bpmn:Signal'],
  executable: true,
  expects: 'every signal to have an id, and a name that no other has',
  remedy: 'Refer to one signal everywhere, and take the other out.',
  severity: 'warning',
  deployment: 'error',
  check(signal, diagram, found) {
    const name = text(signal, 'name');
    if (signal.id === undefined) {
      return found(`nothing can refer to the signal "${name ?? ''}", which has no id`, diagram.of('bpmn:Process')[0]);
    }
    const first = diagram.of('bpmn:Signal').find((other) => name !== undefined && text(other, 'name') === name);
    if (first && first !== signal) found(`${nameOf(signal)} has the name "${name ?? ''}" of ${nameOf(first)}`);
  },
};

const TIMES = ['timeDate', 'timeDuration', 'timeCycle'] as const;

const oneTime: Rule = {
  id: 'timer-kind',
  standard: '10.5.5',
  on: ['bpmn:TimerEventDefinition'],
  expects: 'a date, a duration or a cycle, and not two of them',
  remedy: 'Keep one.',
  check(definition, _diagram, found) {
    const given = TIMES.filter((name) => child(definition, name));
    if (given.length > 1) found(`${nameOf(definition)} has ${given.join(' and ')}`);
  },
};

const DURATION =
  /^[+-]?P(?=.)(\d+([.,]\d+)?Y)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?W)?(\d+([.,]\d+)?D)?(T(?=.)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?$/;
const DATE =
  /^[+-]?\d{4}-?(\d{2}(-?\d{2})?|\d{3}|W\d{2}(-?\d)?)(T\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?(\[[^\]]+\])?)?$/;

/** R5/PT1H, R/date/PT1H and the like; or an expression for cron, of five to seven fields. */
function isCycle(value: string): boolean {
  if (/^(@\w+|\S+(\s+\S+){4,6})$/.test(value)) return true;
  const [repeats, ...parts] = value.split('/');
  if (DURATION.test(value)) return true;
  const times = parts.every((part) => DURATION.test(part) || DATE.test(part));
  return /^R\d*$/.test(repeats ?? '') && parts.length > 0 && parts.length < 4 && times;
}

const FORMS: Readonly<Record<(typeof TIMES)[number], (value: string) => boolean>> = {
  timeDate: (value) => DATE.test(value),
  timeDuration: (value) => DURATION.test(value),
  timeCycle: isCycle,
};

const timeForm: Rule = {
  id: 'timer-form',
  standard: '10.5.5',
  on: ['bpmn:TimerEventDefinition'],
  executable: true,
  expects: 'a date, duration or cycle as ISO 8601 writes them, or an expression',
  remedy: 'Correct it: 2026-03-02T08:00:00Z, PT5M, R3/PT1H.',
  deployment: 'silent',
  check(definition, _diagram, found) {
    for (const name of TIMES) {
      const given = child(definition, name);
      const body = given && text(given, 'body')?.trim();
      if (body === undefined || /[=${(]|^[a-z]\w*$/.test(body)) continue;
      if (!FORMS[name](body)) found(`${name} of ${nameOf(definition)} is "${body}"`);
    }
  },
};

const compensated: Rule = {
  id: 'compensated-activity',
  standard: '10.5.5',
  on: ['bpmn:ThrowEvent'],
  expects: 'a compensation event to name an activity of its own level, or of the level around its event sub-process',
  remedy: 'Choose another activity.',
  deployment: 'warning',
  check(event, _diagram, found) {
    for (const definition of definitionsOf(event, 'compensate')) {
      const activity = child(definition, 'activityRef');
      const around = isEventSubProcess(event.$parent) ? event.$parent?.$parent : undefined;
      if (!activity || activity.$parent === event.$parent || (around && activity.$parent === around)) continue;
      found(`${nameOf(event)} names ${nameOf(activity)}`);
    }
  },
};

export const eventDefinitionRules: readonly Rule[] = [
  errorCode,
  escalationCode,
  messageRef,
  operationRef,
  signalRef,
  signalIdentity,
  oneTime,
  timeForm,
  compensated,
];
