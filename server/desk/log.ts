/** The log of key operations of a ticket: its journal in the words of the desk. */
import type { Command } from '../../engine/command.ts';
import type { Event, EventOf } from '../../engine/event.ts';
import type { Instant } from '../../engine/instance.ts';
import { ROOT } from '../../engine/instance.ts';
import type { Locale } from '../web/locales.ts';
import type { Release } from '../../engine/release.ts';

/** One command of the journal, as far as the log reads it. */
export interface LoggedCommand {
  seq: number;
  at: Instant;
  actor: string;
  command: Command;
  events: readonly Event[];
}

/** A line of the log: the text `ticket:log.KEY` filled with the values. */
export interface LogLine {
  /** Position in the journal, for the link to the step of the history. */
  seq: number;
  at: Instant;
  /** Who did it: whoever gave the command, `system` for what the process made of it. */
  actor: string;
  key: string;
  values: Record<string, string>;
}

/** Names an element in the reader's language: `name.zh` of its properties, else its name, else its id. */
export function elementName(release: Release, element: string, locale: Locale): string {
  for (const process of release.processes.values()) {
    const found = process.byId.get(element);
    if (found === undefined) continue;
    return (locale === 'zh' && found.properties['name.zh']) || found.name || element;
  }
  return element;
}

/** Names a process in the reader's language: `name.zh` of its properties, else its name, else its id. */
export function processName(release: Release | null, process: string, locale: Locale): string {
  const found = release?.processes.get(process);
  return (locale === 'zh' && found?.properties['name.zh']) || found?.name || process;
}

/** Lines about what somebody did, not about what followed from it. */
const byHand = new Set(['filed', 'claimed', 'assigned', 'returned', 'completed', 'message', 'recovered', 'begun']);

const TOLD_VARIABLES = ['priority', 'group', 'tier', 'type', 'category', 'rating'] as const;

/** All lines, oldest first. */
export function logOf(commands: readonly LoggedCommand[], release: Release, locale: Locale): LogLine[] {
  const tasks = new Map<number, string>();
  const timers = new Map<number, string>();
  const name = (element: string | undefined) => (element === undefined ? '' : elementName(release, element, locale));
  const clockOf = (element: string) => {
    for (const process of release.processes.values()) {
      const properties = process.byId.get(element)?.properties;
      if (properties?.['clock'] !== undefined)
        return { clock: properties['clock'], percent: properties['percent'] ?? '' };
    }
    return null;
  };
  const lines: LogLine[] = [];
  for (const { seq, at, actor, command, events } of commands) {
    const line = (key: string, values: Record<string, string> = {}) => {
      const own = byHand.has(key) || (key === 'set' && command.type === 'CompleteTask');
      lines.push({ seq, at, actor: own ? actor : 'system', key, values });
    };
    if (command.type === 'ActivateElements') line('begun', { task: command.elements.map(name).join(', ') });
    for (const event of events) {
      if (event.type === 'TaskCreated') tasks.set(event.task, event.element);
      if (event.type === 'TimerSet') timers.set(event.timer, event.element);
      const clock = event.type === 'TimerFired' ? clockOf(timers.get(event.timer) ?? '') : null;
      if (clock !== null) line(Number(clock.percent) >= 100 ? 'missed' : 'warned', clock);
      else tell(event, command, line, (task) => name(tasks.get(task)), name);
    }
  }
  return lines;
}

type Line = (key: string, values?: Record<string, string>) => void;

function tell(
  event: Event,
  command: Command,
  line: Line,
  taskName: (task: number) => string,
  name: (element: string) => string,
): void {
  switch (event.type) {
    case 'InstanceStarted':
      return line('filed');
    case 'TaskCreated':
      return line('offered', { task: name(event.element), to: event.groups.join(', ') });
    case 'TaskAssigned':
      return tellAssigned(event, command, line, taskName(event.task));
    case 'TaskCompleted':
      return line('completed', { task: taskName(event.task) });
    case 'TaskCancelled':
      return line('withdrawn', { task: taskName(event.task) });
    case 'MessageReceived':
      return line('message', { name: event.name });
    case 'VariablesSet':
      return tellVariables(event, line);
    case 'IncidentRaised':
      return line('incident', { element: name(event.element), incident: event.kind, message: event.message });
    case 'IncidentResolved':
      return line('recovered');
    case 'InstanceEnded':
      return line('ended', { status: event.status });
    default:
      return; // The rest is for the history, which shows every event.
  }
}

function tellAssigned(event: EventOf<'TaskAssigned'>, command: Command, line: Line, task: string): void {
  if (event.assignee === null) return line('returned', { task });
  const own = command.actor === `user:${event.assignee}`;
  line(own ? 'claimed' : 'assigned', { task, person: event.assignee });
}

function tellVariables(event: EventOf<'VariablesSet'>, line: Line): void {
  if (event.scope !== ROOT) return;
  for (const field of TOLD_VARIABLES) {
    const value = event.variables[field];
    if (typeof value === 'string' || typeof value === 'number') line('set', { field, value: String(value) });
  }
}
