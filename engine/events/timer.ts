/** Timer event definition: date, duration or cycle (BPMN 2.0, 10.5.5). */
import { type Expression } from '../expression/expression.ts';
import { child, text } from '../bpmn/read.ts';
import { evaluate, type Execution } from '../execution.ts';
import { Failure } from '../failure.ts';
import type { Instant, Value } from '../instance.ts';
import type { Element } from '../model.ts';
import { addDuration, parseCycle, parseInstant, TimeError } from '../time.ts';
import type { EventDefinition } from './definition.ts';
import { hostScope } from './host.ts';

export interface TimerData {
  readonly kind: 'date' | 'duration' | 'cycle';
  /** Gives ISO 8601 text; an explicit null at a boundary event or event sub-process means "never". */
  readonly value: Expression;
}

interface Schedule {
  due: Instant;
  repeat?: { left: number; every: string };
}

export const timer: EventDefinition<TimerData> = {
  type: 'bpmn:TimerEventDefinition',
  places: ['start', 'event-sub-process', 'boundary', 'catch'],

  compile(node, event, c) {
    for (const kind of ['date', 'duration', 'cycle'] as const) {
      const given = child(node, { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' }[kind]);
      const body = given && text(given, 'body');
      if (body === undefined) continue;
      const value = c.value(event, body.trim());
      if (!body.trim().startsWith('=')) checkFixed(kind, body.trim(), (found) => c.problem(event, 'timer', found));
      return { kind, value };
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
    const scheduled = schedule(data.kind, value, x.at, element.id);
    if (scheduled === null) return never(x, host, element, ownToken);
    const { due, repeat } = scheduled;
    const set = { type: 'TimerSet', timer: x.draw(), element: element.id, host, due } as const;
    x.emit(repeat === undefined ? set : { ...set, repeat });
  },

  recurs: ({ kind }) => (kind === 'cycle' ? 'cycle' : 'once'),
  startTrigger: ({ kind, value }) => ({ kind: 'timer', timer: { kind, text: value.text } }),
};

function checkFixed(kind: TimerData['kind'], text: string, report: (message: string) => void): void {
  try {
    read(kind, text, 0);
  } catch (cause) {
    if (!(cause instanceof TimeError)) throw cause;
    report(cause.message);
  }
}

/** The timer of a token that waits for nothing else has to come. */
function never(x: Execution, host: number, element: Element, ownToken: boolean): void {
  if (ownToken)
    throw new Failure('timer', `Expected timer "${element.id}" to fire at least once, but its cycle is R0.`);
  x.emit({ type: 'TimerNotSet', element: element.id, host });
}

function schedule(kind: TimerData['kind'], value: Value, at: Instant, element: string): Schedule | null {
  if (typeof value !== 'string') {
    throw new Failure(
      'timer',
      `Expected the ${kind} of timer "${element}" to be ISO 8601 text, but found ${JSON.stringify(value)}.`,
    );
  }
  try {
    return read(kind, value, at);
  } catch (cause) {
    if (!(cause instanceof TimeError)) throw cause;
    throw new Failure('timer', `Timer "${element}": ${cause.message}`);
  }
}

/** null for a cycle that never fires (R0). */
function read(kind: TimerData['kind'], text: string, at: Instant): Schedule | null {
  if (kind === 'date') return { due: parseInstant(text) };
  if (kind === 'duration') return { due: addDuration(at, text) };
  const { repeats, start, every } = parseCycle(text);
  if (repeats === 0) return null;
  const due = start ?? addDuration(at, every);
  return { due, repeat: { left: repeats < 0 ? -1 : repeats - 1, every } };
}
