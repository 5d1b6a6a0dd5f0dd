/** The registry of event definitions. A new one is one file and one line here. */
import { cancel } from './cancel.ts';
import { compensate } from './compensate.ts';
import { conditional } from './conditional.ts';
import type { EventDefinition } from './definition.ts';
import { error } from './error.ts';
import { escalation } from './escalation.ts';
import { link } from './link.ts';
import { message } from './message.ts';
import { signal } from './signal.ts';
import { terminate } from './terminate.ts';
import { timer } from './timer.ts';

const all: EventDefinition[] = [
  cancel,
  compensate,
  conditional,
  error,
  escalation,
  link,
  message,
  signal,
  terminate,
  timer,
];

/** By BPMN type. */
export const eventDefinitions: ReadonlyMap<string, EventDefinition> = new Map(all.map((one) => [one.type, one]));
