/**
 * What has been in an instance: its elements, variables, incidents and the flows that were taken, folded from its
 * history, so that what is over can be asked for as well as what goes on.
 */
import { findById } from '../../engine/find.ts';
import { ROOT, evolveAll } from '../../engine/index.ts';
import type { Command, Event, IncidentKind, Instance, Instant, Token, Value } from '../../engine/index.ts';

/** How far an element got. `TERMINATED`: ended from outside, or by an error that nobody caught. */
export type ElementState = 'ACTIVE' | 'COMPLETED' | 'TERMINATED';

/** One time that an element was worked on; of a loop also its body. The first one is the process itself. */
export interface ElementRecord {
  /** The token's; ROOT for the process itself. */
  id: number;
  /** BPMN ids, in the release that the instance was pinned to when it ended, or is pinned to now. */
  element: string;
  process: string;
  release: string;
  /** The element that it went on in: its id, ROOT for the process; the process itself is in none. */
  scope: number | null;
  /** It is the body of a loop, inside of which the iterations are. */
  body: boolean;
  state: ElementState;
  startedAt: Instant;
  endedAt: Instant | null;
  /** The open incident. */
  incident: number | null;
}

/** The last value of a variable of a scope. */
export interface VariableRecord {
  /** From 1, in the order in which the variables of the instance came to be: it names this one for good. */
  id: number;
  /** ROOT, or the element whose own variable it is. */
  scope: number;
  name: string;
  value: Value;
}

export interface IncidentRecord {
  id: number;
  /** The element that it is an incident of. */
  token: number;
  element: string;
  kind: IncidentKind;
  message: string;
  /** The job that failed for the last time. */
  job: number | null;
  raisedAt: Instant;
  resolvedAt: Instant | null;
}

/** A sequence flow that was taken, once however often that was. */
export interface TakenFlow {
  flow: string;
  process: string;
  release: string;
}

export interface Chronicle {
  /** As it is after the last row. */
  instance: Instance;
  /** In the order in which they began. */
  elements: ElementRecord[];
  variables: VariableRecord[];
  incidents: IncidentRecord[];
  flows: TakenFlow[];
}

interface Draft {
  elements: Map<number, ElementRecord>;
  /** By scope and name. */
  variables: Map<string, VariableRecord>;
  incidents: Map<number, IncidentRecord>;
  flows: Map<string, TakenFlow>;
}

/** What a row of the journal says, as far as it matters here. */
export interface Told {
  command: Pick<Command, 'at'>;
  events: readonly Event[];
}

/** Folds a history; null for one without rows. */
export function chronicleOf(rows: readonly Told[]): Chronicle | null {
  const draft: Draft = { elements: new Map(), variables: new Map(), incidents: new Map(), flows: new Map() };
  let instance: Instance | null = null;
  for (const { command, events } of rows) {
    let last: Event | null = null;
    const note = (state: Instance | null): void => {
      if (last !== null && state !== null) record(draft, last, state, command.at);
    };
    instance = evolveAll(instance, events, (event, state) => {
      // The state before an event is the state after the one before it.
      note(state);
      last = event;
    });
    note(instance);
  }
  if (instance === null) return null;
  follow(draft, instance);
  return {
    instance,
    elements: [...draft.elements.values()],
    variables: [...draft.variables.values()],
    incidents: [...draft.incidents.values()],
    flows: [...draft.flows.values()],
  };
}

/** @param state after the event */
function record(draft: Draft, event: Event, state: Instance, at: Instant): void {
  switch (event.type) {
    case 'InstanceStarted':
      draft.elements.set(ROOT, { ...rootOf(state), startedAt: at });
      return setAll(draft, ROOT, event.variables);
    case 'InstanceEnded':
      return close(draft, ROOT, event.status === 'completed' ? 'COMPLETED' : 'TERMINATED', at);
    case 'FlowTaken':
      return take(draft, event.flow, event.scope, state);
    case 'ElementEntered':
      return begin(draft, tokenOf(state, event.token), state, at);
    case 'IterationStarted':
      begin(draft, tokenOf(state, event.token), state, at);
      return setAll(draft, event.token, scopeOf(state, event.token)?.variables ?? {});
    case 'ScopeOpened':
      return setAll(draft, event.scope, scopeOf(state, event.scope)?.variables ?? {});
    case 'LoopStarted':
      return change(draft, event.token, { body: true });
    case 'VariablesSet':
      return setAll(draft, event.scope, event.variables);
    case 'ElementCompleted':
      return close(draft, event.token, 'COMPLETED', at);
    case 'ElementTerminated':
      return close(draft, event.token, 'TERMINATED', at);
    case 'IncidentRaised':
      return raise(draft, event, state, at);
    case 'IncidentResolved':
      return resolve(draft, event.incident, at);
    case 'InstanceMigrated':
      return follow(draft, state);
    default:
      return;
  }
}

function rootOf({ process, release, startedAt }: Instance): ElementRecord {
  const place = { id: ROOT, element: process, process, release, scope: null, body: false };
  return { ...place, state: 'ACTIVE', startedAt, endedAt: null, incident: null };
}

/** A token that waits in a join has not begun; one that something went wrong with counts all the same. */
function begin(draft: Draft, token: Token | undefined, state: Instance, at: Instant): void {
  if (token === undefined || draft.elements.has(token.id)) return;
  const { id, element, scope } = token;
  const process = scopeOf(state, scope)?.process ?? state.process;
  const place = { id, element, process, release: state.release, scope, body: false };
  draft.elements.set(id, { ...place, state: 'ACTIVE', startedAt: at, endedAt: null, incident: null });
}

function change(draft: Draft, id: number, part: Partial<ElementRecord>): void {
  const found = draft.elements.get(id);
  if (found !== undefined) Object.assign(found, part);
}

function close(draft: Draft, id: number, state: ElementState, at: Instant): void {
  change(draft, id, { state, endedAt: at });
}

function take(draft: Draft, flow: string, scope: number, state: Instance): void {
  const process = scopeOf(state, scope)?.process ?? state.process;
  draft.flows.set(`${process} ${flow}`, { flow, process, release: state.release });
}

function setAll(draft: Draft, scope: number, variables: Readonly<Record<string, Value>>): void {
  // Sorted: what a journal gives back may have its keys in another order than what was written.
  for (const [name, value] of Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const key = `${scope} ${name}`;
    const found = draft.variables.get(key);
    if (found === undefined) draft.variables.set(key, { id: draft.variables.size + 1, scope, name, value });
    else found.value = value;
  }
}

function raise(draft: Draft, event: Event & { type: 'IncidentRaised' }, state: Instance, at: Instant): void {
  const { incident: id, token, element, kind, message } = event;
  const here = tokenOf(state, token);
  const job = kind === 'job' && here?.job ? (here.job.id ?? token) : null;
  draft.incidents.set(id, { id, token, element, kind, message, job, raisedAt: at, resolvedAt: null });
  begin(draft, here, state, at);
  change(draft, token, { incident: id });
}

function resolve(draft: Draft, id: number, at: Instant): void {
  const incident = draft.incidents.get(id);
  if (incident === undefined) return;
  incident.resolvedAt = at;
  if (draft.elements.get(incident.token)?.incident === id) change(draft, incident.token, { incident: null });
}

/** What goes on is where its token is, also after a migration; a token that is gone was merged into another. */
function follow(draft: Draft, instance: Instance): void {
  const tokens = new Map(instance.tokens.map((token) => [token.id, token]));
  for (const record of draft.elements.values()) {
    if (record.state !== 'ACTIVE') continue;
    const token = tokens.get(record.id);
    if (record.id === ROOT) {
      const { process, release } = instance;
      Object.assign(record, { element: process, process, release });
    } else if (token === undefined) Object.assign(record, { state: 'COMPLETED', endedAt: record.startedAt });
    else {
      const process = scopeOf(instance, token.scope)?.process ?? instance.process;
      Object.assign(record, { element: token.element, process, scope: token.scope, release: instance.release });
    }
  }
}

function tokenOf({ tokens }: Instance, id: number): Token | undefined {
  return findById(tokens, id);
}

function scopeOf({ scopes }: Instance, id: number): Instance['scopes'][number] | undefined {
  return findById(scopes, id);
}
