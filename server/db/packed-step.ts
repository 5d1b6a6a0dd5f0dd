/**
 * How a step of a history is stored: command and events as JSON, without what another column or the other of the two says
 * already, and the usual events as arrays. Nothing is lost. Rows of before, which hold everything as canonical JSON, are
 * read as well.
 */
import type { Command } from '../../engine/command.ts';
import type { Event, EventOf, EventType } from '../../engine/event.ts';
import type { Instant } from '../../engine/instance.ts';

/** The two texts as they are stored. */
export interface PackedStep {
  command: string;
  events: string;
}

/** A command and what it caused. */
export interface Step {
  command: Command;
  events: Event[];
}

/** Of the row of a step: what its command needs not say. */
interface Columns {
  at: Instant;
  actor: string;
}

type Json = Record<string, unknown>;

/** An event that is stored as [its place in `shapes`, its members in this order, a record of further members]. */
interface Shape {
  type: EventType;
  members: readonly string[];
}

function shape<T extends EventType>(type: T, ...members: (keyof EventOf<T> & string)[]): Shape {
  return { type, members };
}

/** Only ever added to, at the end: what is stored names them by their place. An event without one is stored as it is. */
const shapes: readonly Shape[] = [
  shape('InstanceStarted', 'instance', 'release', 'process', 'at', 'variables'),
  shape('ScopeOpened', 'scope'),
  shape('ScopeClosed', 'scope'),
  shape('TokenCreated', 'token', 'element', 'scope'),
  shape('FlowTaken', 'token', 'flow', 'element', 'scope'),
  shape('ElementEntered', 'token'),
  shape('ElementCompleted', 'token'),
  shape('ElementTerminated', 'token'),
  shape('IterationStarted', 'token', 'body', 'index'),
  shape('VariablesSet', 'scope', 'variables'),
  shape('GatewayDecided', 'token', 'flows', 'saw'),
  shape('TaskCreated', 'task', 'element', 'assignee', 'groups', 'users', 'priority'),
  shape('TaskAssigned', 'task', 'assignee'),
  shape('TaskCompleted', 'task'),
  shape('TaskCancelled', 'task'),
  shape('JobRequested', 'job', 'element', 'kind', 'retries', 'headers'),
  shape('JobCompleted', 'job'),
  shape('JobFailed', 'job', 'retries', 'retryAt', 'message'),
  shape('JobCancelled', 'job'),
  shape('TimerSet', 'timer', 'element', 'host', 'due'),
  shape('TimerFired', 'timer'),
  shape('TimerCancelled', 'timer'),
  shape('MessageSubscribed', 'subscription', 'element', 'host', 'name', 'key'),
  shape('MessageReceived', 'subscription', 'name'),
  shape('MessageUnsubscribed', 'subscription'),
  shape('MessageSent', 'id', 'name', 'key', 'variables', 'ttl'),
  shape('IncidentRaised', 'incident', 'token', 'element', 'kind', 'phase', 'message'),
  shape('IncidentResolved', 'incident'),
  shape('InstanceEnded', 'status', 'at'),
];

const places = new Map(shapes.map(({ type, members }, place) => [type, { place, members }]));

/** What a Start and the event that it begins with both say. */
const BEGINNING = ['instance', 'release', 'process', 'businessKey', 'variables'] as const;

/** Writes a step. `at` and `actor` of the command are columns of their own. */
export function packStep({ command, events }: Step): PackedStep {
  return { command: JSON.stringify(packCommand(command, events[0])), events: JSON.stringify(events.map(packEvent)) };
}

/**
 * Reads a step.
 * @throws SyntaxError, or Error, when the texts are no step
 */
export function unpackStep({ command, events }: PackedStep, columns: Columns): Step {
  // What was stored was written by packStep, or is the canonical text of a command and its events.
  const known = unpackEvents(events);
  return { command: unpackCommand(JSON.parse(command) as Json, known[0], columns), events: known };
}

/** Reads the events of a step alone. @throws SyntaxError, or Error, when the text is none of events */
export function unpackEvents(events: string): Event[] {
  return (JSON.parse(events) as unknown[]).map(unpackEvent);
}

function packCommand(command: Command, first: Event | undefined): Json {
  const { at, actor, ...packed } = command as unknown as Json;
  if (command.type !== 'Start' || first?.type !== 'InstanceStarted') return packed;
  // A member that the event alone has cannot be told apart when it is read: then the command stays whole.
  const ambiguous = BEGINNING.some((member) => command[member] === undefined && first[member] !== undefined);
  if (ambiguous) return { ...packed, at, actor };
  for (const member of BEGINNING) if (command[member] === first[member]) delete packed[member];
  return packed;
}

function unpackCommand(packed: Json, first: Event | undefined, { at, actor }: Columns): Command {
  const command = { at, actor, ...packed };
  if (packed['type'] === 'Start' && packed['at'] === undefined && first?.type === 'InstanceStarted') {
    for (const member of BEGINNING) {
      if (first[member] !== undefined && packed[member] === undefined)
        Object.assign(command, { [member]: first[member] });
    }
  }
  return command as unknown as Command;
}

function packEvent(event: Event): unknown {
  const known = places.get(event.type);
  if (known === undefined) return event;
  const record = event as unknown as Json;
  const packed: unknown[] = [known.place];
  for (const member of known.members) {
    const value = record[member];
    if (value === undefined) return event;
    packed.push(value);
  }
  const further = furtherMembers(record, known.members);
  if (further !== null) packed.push(further);
  return packed;
}

/** The members beyond `type` and those of the shape; null when there are none. */
function furtherMembers(event: Json, members: readonly string[]): Json | null {
  let further: Json | null = null;
  for (const member in event) {
    if (member === 'type' || event[member] === undefined || members.includes(member)) continue;
    further ??= {};
    further[member] = event[member];
  }
  return further;
}

function unpackEvent(packed: unknown): Event {
  // Stored as it is.
  if (!Array.isArray(packed)) return packed as Event;
  const [place, ...values] = packed as [number, ...unknown[]];
  const known = shapes[place];
  if (known === undefined) throw new Error(`Expected an event of a known shape, but found shape ${place}.`);
  const event: Json = { type: known.type };
  for (const [index, member] of known.members.entries()) event[member] = values[index];
  return Object.assign(event, values[known.members.length]) as unknown as Event;
}
