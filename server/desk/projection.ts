/** The ticket as a function of the instance: read by the lists and pages, written beside the journal. */
import type { Instance, Instant, Scope, Timer, Token, Value, Variables } from '../../engine/instance.ts';
import { ROOT } from '../../engine/instance.ts';
import type { Release } from '../../engine/release.ts';
import { isEnded, NEVER, TICKET_STATES } from '../db/ticket.ts';
import type { TicketClock, TicketDraft, TicketState } from '../db/ticket.ts';

/** The `zeebe:properties` of an element of a process; empty for an unknown one. */
export type ElementProperties = (process: string, element: string) => Readonly<Record<string, string>>;

const none: Readonly<Record<string, string>> = {};

/** The properties of the elements of a release's diagrams. */
export function propertiesIn(release: Release): ElementProperties {
  return (process, element) => release.processes.get(process)?.byId.get(element)?.properties ?? none;
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

const isTicketState = (value: string | undefined): value is TicketState =>
  TICKET_STATES.some((state) => state === value);

/**
 * The ticket of an instance, or null when it is no support request: only of one is the business key its number too. Cases
 * of other processes may well have a variable of that name.
 */
export function ticketOf(instance: Instance, properties: ElementProperties): TicketDraft | null {
  const root = instance.scopes.find((scope) => scope.id === ROOT);
  const variables = root?.variables ?? {};
  const number = text(variables['number']);
  if (number === '' || number !== instance.businessKey) return null;
  const position = positionOf(instance, properties);
  const state = endState(instance) ?? position?.state ?? null;
  const clocks = clocksOf(instance, variables, properties);
  return {
    instanceId: instance.id,
    number,
    state,
    ...factsOf(variables),
    assignee: assigneeOf(instance, position?.token),
    awaits: [...new Set(instance.messages.filter((wait) => wait.key === number).map((wait) => wait.name))].sort(),
    clocks,
    dueAt: dueOf(clocks, state, instance.startedAt),
    createdAt: instance.startedAt,
    endedAt: instance.endedAt ?? null,
  };
}

function factsOf(variables: Variables) {
  const alert = variables['alert'];
  const follows = alert !== null && typeof alert === 'object' && !Array.isArray(alert) ? text(alert['follows']) : '';
  const of = (name: string) => text(variables[name]);
  return {
    title: of('title'),
    description: of('description'),
    channel: of('channel'),
    client: of('client'),
    requester: of('requester'),
    requesterName: of('requesterName'),
    contact: of('contact'),
    locale: of('locale'),
    service: of('service'),
    type: of('type'),
    category: of('category'),
    priority: of('priority'),
    impact: of('impact'),
    urgency: of('urgency'),
    group: of('group'),
    tier: of('tier'),
    question: of('question'),
    answer: of('answer'),
    solution: of('solution'),
    rating: typeof variables['rating'] === 'number' ? variables['rating'] : null,
    ratingComment: of('ratingComment'),
    accessHash: of('accessHash'),
    follows,
  };
}

function endState(instance: Instance): TicketState | null {
  switch (instance.status) {
    case 'active':
      return null;
    case 'completed':
      return 'closed';
    case 'failed':
    case 'cancelled':
      return 'cancelled';
  }
}

interface Position {
  state: TicketState;
  /** How many scopes lie around the element that gives the state. */
  depth: number;
  token: Token;
}

/** The innermost element with a state in which a token rests; of several, where a token came last. */
function positionOf(instance: Instance, properties: ElementProperties): Position | null {
  const scopes = new Map(instance.scopes.map((scope) => [scope.id, scope]));
  let best: Position | null = null;
  for (const token of instance.tokens) {
    if (token.state === 'arrived') continue;
    const found = stateAround(token, scopes, properties);
    if (found === null) continue;
    const closer =
      best === null || found.depth > best.depth || (found.depth === best.depth && token.id > best.token.id);
    if (closer) best = { ...found, token };
  }
  return best;
}

function stateAround(token: Token, scopes: Map<number, Scope>, properties: ElementProperties) {
  const around = scopesAround(token, scopes);
  const inner = around[0];
  const own = inner === undefined ? undefined : properties(inner.process, token.element)['ticket.state'];
  if (isTicketState(own)) return { state: own, depth: around.length };
  for (const [index, scope] of around.entries()) {
    const outer = around[index + 1];
    if (outer === undefined) break;
    const state = properties(outer.process, scope.element)['ticket.state'];
    if (isTicketState(state)) return { state, depth: around.length - 1 - index };
  }
  return null;
}

/** The scopes in which a token lies, from the inner to the root. */
function scopesAround(token: Token, scopes: Map<number, Scope>): Scope[] {
  const around: Scope[] = [];
  for (let scope = scopes.get(token.scope); scope !== undefined;) {
    around.push(scope);
    scope = scope.parent === null ? undefined : scopes.get(scope.parent);
  }
  return around;
}

/** Who has the task that gives the state; else whoever has the newest open task. */
function assigneeOf(instance: Instance, decisive: Token | undefined): string | null {
  if (decisive?.task !== undefined) return decisive.task.assignee;
  const taken = instance.tokens.filter((token) => token.task?.assignee != null).sort((a, b) => b.id - a.id);
  return taken[0]?.task?.assignee ?? null;
}

function clocksOf(instance: Instance, variables: Variables, properties: ElementProperties): TicketClock[] {
  const clocks = new Map<string, TicketClock>();
  const clock = (name: string): TicketClock => {
    const known = clocks.get(name) ?? { name, warnAt: null, breachAt: null, breached: false };
    clocks.set(name, known);
    return known;
  };
  for (const timer of instance.timers) {
    const bound = propertiesOfTimer(instance, timer, properties);
    const name = bound['clock'];
    if (name === undefined || name === '') continue;
    const side = Number(bound['percent'] ?? '100') >= 100 ? 'breachAt' : 'warnAt';
    const known = clock(name);
    known[side] = earliest(known[side], timer.due);
  }
  for (const [name, value] of Object.entries(variables))
    if (value === true && name.endsWith('Breached')) clock(name.slice(0, -'Breached'.length)).breached = true;
  return [...clocks.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const earliest = (one: Instant | null, other: Instant): Instant => (one === null ? other : Math.min(one, other));

/** A timer hangs on a token (boundary event) or in the scope of the same id (event sub-process, perhaps of a called process). */
function propertiesOfTimer(instance: Instance, timer: Timer, properties: ElementProperties) {
  const token = instance.tokens.find((one) => one.id === timer.host);
  const processes = [token?.scope, timer.host].map((id) => instance.scopes.find((scope) => scope.id === id)?.process);
  for (const process of processes) {
    const found = process === undefined ? none : properties(process, timer.element);
    if (found['clock'] !== undefined) return found;
  }
  return none;
}

function dueOf(clocks: TicketClock[], state: TicketState | null, createdAt: Instant): Instant {
  if (state !== null && isEnded(state)) return NEVER;
  if (state !== 'resolved' && clocks.some((clock) => clock.breached)) return createdAt;
  return Math.min(NEVER, ...clocks.flatMap((clock) => (clock.breachAt === null ? [] : [clock.breachAt])));
}
