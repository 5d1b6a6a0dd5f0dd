/** Timer event definition: date, duration or cycle (BPMN 2.0, 10.5.5). */
import type { ModdleElement } from 'bpmn-moddle';
import { type Expression } from '../expression/expression.ts';
import type { Compiler } from '../bpmn/compiler.ts';
import { formalExpression } from '../bpmn/formal-expression.ts';
import { properties } from '../bpmn/read.ts';
import { evaluate } from '../evaluation.ts';
import { type Execution } from '../execution.ts';
import { Failure } from '../failure.ts';
import type { Instant, Value } from '../instance.ts';
import type { Element } from '../model.ts';
import { checkZone, TimeError } from '../time.ts';
import { firstDue, type Due, type TimerKind } from '../timetable.ts';
import type { EventDefinition } from './definition.ts';
import { hostScope } from './host.ts';

export interface TimerData {
  readonly kind: TimerKind;
  /** IANA name, of the calendar and of times without offset; default UTC. */
  readonly zone?: string;
  /** Gives ISO 8601 text, of a cycle also cron; an explicit null at a boundary event or event sub-process means "never". */
  readonly value: Expression;
}

export const timer: EventDefinition<TimerData> = {
  type: 'bpmn:TimerEventDefinition',
  places: ['start', 'event-sub-process', 'boundary', 'catch'],

  compile(node, event, c) {
    const zone = zoneOf(event, c);
    for (const kind of ['date', 'duration', 'cycle'] as const) {
      const name = { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' }[kind];
      const body = formalExpression(node, name, event, c);
      if (body === undefined) continue;
      const value = c.value(event, body.trim());
      if (!body.trim().startsWith('='))
        checkFixed(kind, body.trim(), zone, (found) => c.problem(event, 'timer', found));
      return zone === undefined ? { kind, value } : { kind, value, zone };
    }
    c.problem(
      event,
      'timer',
      `Expected timer event "${event.id ?? ''}" to have a date, a duration or a cycle. Fill one in.`,
    );
    return { kind: 'duration', value: c.value(event, 'PT0S') };
  },

  subscribe(x, host, element, data) {
    const value = evaluate(x, hostScope(x, host), data.value, 'timer');
    const ownToken = x.instance.tokens.some((token) => token.id === host && token.element === element.id);
    if (value === null && !ownToken) return never(x, host, element, false);
    const scheduled = schedule(data, value, x.at, element.id);
    if (scheduled === null) return never(x, host, element, ownToken);
    const { due, repeat } = scheduled;
    const set = { type: 'TimerSet', timer: x.draw(), element: element.id, host, due } as const;
    x.emit(repeat === undefined ? set : { ...set, repeat });
  },

  waitsFor: ({ kind, zone = '', value }) => `${kind} ${zone} ${value.text}`,
  recurs: ({ kind }) => (kind === 'cycle' ? 'cycle' : 'once'),
  startTrigger: ({ kind, value: { text: when }, zone }) => ({
    kind: 'timer',
    timer: zone === undefined ? { kind, text: when } : { kind, text: when, zone },
  }),
};

/** The property `timezone` of the event, or of the process around it. */
function zoneOf(event: ModdleElement, c: Compiler): string | undefined {
  for (let node: ModdleElement | undefined = event; node; node = node.$parent) {
    const zone = properties(node)['timezone'];
    if (zone === undefined || zone === '') continue;
    try {
      checkZone(zone);
      return zone;
    } catch (cause) {
      if (!(cause instanceof TimeError)) throw cause;
      c.problem(event, 'timer', cause.message);
    }
  }
  return undefined;
}

function checkFixed(kind: TimerKind, text: string, zone: string | undefined, report: (message: string) => void): void {
  try {
    firstDue(kind, text, 0, zone);
  } catch (cause) {
    if (!(cause instanceof TimeError)) throw cause;
    report(cause.message);
  }
}

/** The timer of a token that waits for nothing else has to come. */
function never(x: Execution, host: number, element: Element, ownToken: boolean): void {
  if (ownToken)
    throw new Failure('timer', `Expected timer "${element.id}" to fire at least once, but its cycle never does.`);
  x.emit({ type: 'TimerNotSet', element: element.id, host });
}

function schedule({ kind, zone }: TimerData, value: Value, at: Instant, element: string): Due | null {
  if (typeof value !== 'string') {
    throw new Failure(
      'timer',
      `Expected the ${kind} of timer "${element}" to be ISO 8601 text, but found ${JSON.stringify(value)}.`,
    );
  }
  try {
    return firstDue(kind, value, at, zone);
  } catch (cause) {
    if (!(cause instanceof TimeError)) throw cause;
    throw new Failure('timer', `Timer "${element}": ${cause.message}`);
  }
}
