/**
 * One command at work on one instance: the agenda, and the steps that behaviours are made of. Every change goes through
 * `emit`, so the events are the whole effect.
 */
import { copied, divide } from './data-flow.ts';
import { apply } from './evolve.ts';
import type { Event, EventOf } from './event.ts';
import { BudgetExceeded, type Evaluation, type Expression } from './expression/expression.ts';
import { Failure } from './failure.ts';
import { isReopened, keep } from './keep.ts';
import {
  ROOT,
  type IncidentPhase,
  type Instance,
  type Instant,
  type Token,
  type Value,
  type Variables,
} from './instance.ts';
import type { Children, DataCopy, DataFlow, Element, Flow, ProcessModel } from './model.ts';
import { listen } from './listeners.ts';
import { arrivedAt } from './reach.ts';
import { Rejection } from './rejection.ts';
import type { Release } from './release.ts';
import { propagate, scopeOf, visible, withPath } from './variables.ts';

/** More steps than this in one command mean that the diagram goes round without ever resting. */
const STEP_LIMIT = 10_000;

/** Variables of a scope that were set, by name. */
export interface VariableChange {
  readonly scope: number;
  readonly created: readonly string[];
  readonly updated: readonly string[];
}

/** A conditional event to be looked at: one that begins to wait, or those that see variables that were set. */
export type ConditionCheck = { readonly begun: number } | VariableChange;

export interface Execution {
  readonly release: Release;
  /** The command's time. */
  readonly at: Instant;
  /** The state as of the last event; read only. */
  readonly instance: Instance;
  /** Steps taken in this command so far. */
  readonly steps: number;
  /** What conditional events are to be looked at for before the next step; nothing while none waits. */
  readonly checks: ConditionCheck[];
  emit(event: Event): void;
  /** The next id of the instance. */
  draw(): number;
  /** Puts a step on the agenda, to run after those already there. */
  later(step: () => void): void;
  /** Puts a step aside until all tokens rest. */
  atRest(step: () => void): void;
}

/** The working record behind an Execution: what `run` consumes and `finish` gives back. */
export interface Work extends Execution {
  readonly events: Event[];
  readonly agenda: (() => void)[];
  readonly resting: (() => void)[];
  steps: number;
}

/** Begins work on a draft that the caller owns; `null` before the first event. */
export function begin(release: Release, draft: Instance | null, at: Instant): Work {
  const events: Event[] = [];
  const agenda: (() => void)[] = [];
  const resting: (() => void)[] = [];
  let state = draft;
  return {
    release,
    at,
    events,
    agenda,
    resting,
    steps: 0,
    checks: [],
    get instance(): Instance {
      if (state === null) throw new Error('Expected an instance, but it has not been started.');
      return state;
    },
    emit(event) {
      if (event.type === 'VariablesSet' && state?.conditions) this.checks.push(changeOf(state, event));
      state = apply(state, event);
      events.push(event);
    },
    draw() {
      return this.instance.nextId;
    },
    later(step) {
      agenda.push(step);
    },
    atRest(step) {
      resting.push(step);
    },
  };
}

function changeOf(instance: Instance, event: EventOf<'VariablesSet'>): ConditionCheck {
  const before = scopeOf(instance, event.scope).variables;
  const names = Object.keys(event.variables);
  const created = names.filter((name) => !Object.hasOwn(before, name));
  return { scope: event.scope, created, updated: names.filter((name) => !created.includes(name)) };
}

/** The token of this id, or undefined when it is gone. */
export function tokenOf(x: Execution, id: number): Token | undefined {
  return x.instance.tokens.find((token) => token.id === id);
}

/** The model that the elements of a scope belong to. */
export function modelOf(x: Execution, scope: number): ProcessModel {
  const process = scopeOf(x.instance, scope).process;
  const model = x.release.processes.get(process);
  if (!model) {
    throw new Rejection('not-found', `Expected process "${process}" in release ${x.release.id}, but it is not there.`);
  }
  return model;
}

/** The element of this id in the model of a scope; a bug when the model has no such element. */
export function elementIn(x: Execution, scope: number, id: string): Element {
  const element = modelOf(x, scope).byId.get(id);
  if (!element) throw new Error(`Expected element "${id}" in process "${scopeOf(x.instance, scope).process}".`);
  return element;
}

/** The element that a token is at. */
export function elementOf(x: Execution, token: Token): Element {
  return elementIn(x, token.scope, token.element);
}

/** What lies inside a scope: of the root or a call activity the process's, else the sub-process's. */
export function childrenOf(x: Execution, scope: number): Children {
  const record = scopeOf(x.instance, scope);
  const model = modelOf(x, scope);
  return record.isolated || record.parent === null
    ? model.root
    : (model.byId.get(record.element)?.children ?? model.root);
}

/** The scope that a token's expressions read: its own when it has one, else the one it moves in. */
export function ownScope(x: Execution, token: Token): number {
  return x.instance.scopes.some((scope) => scope.id === token.id) ? token.id : token.scope;
}

/** Evaluates where an unknown variable is an error: flow conditions, mappings, timers. `more` goes before the variables. */
export function evaluate(x: Execution, scope: number, expression: Expression, what: string, more?: Variables): Value {
  const known = visible(x.instance, scope);
  const { value, missing } = evaluated(x, expression, more ? { ...known, ...more } : known);
  if (value === null && missing.length > 0) {
    throw new Failure(
      'expression',
      `Expected ${what} "${expression.text}" to give a value, but variable ${missing.join(', ')} is unknown. ` +
        'Set the variable, then resolve the incident.',
    );
  }
  return value;
}

/** Evaluates where an unknown variable is simply null: inputs of tasks, assignments, texts. */
export function lookUp(x: Execution, scope: number, expression: Expression): Value {
  return evaluated(x, expression, visible(x.instance, scope)).value;
}

/** Runs an expression; one that costs too much is an incident of the token at work. */
function evaluated(x: Execution, expression: Expression, variables: Variables): Evaluation {
  try {
    return expression.evaluate(variables, x.at);
  } catch (cause) {
    if (!(cause instanceof BudgetExceeded)) throw cause;
    throw new Failure('expression', cause.message);
  }
}

/** Sets variables of exactly this scope. */
export function setLocal(x: Execution, scope: number, variables: Variables): void {
  if (Object.keys(variables).length > 0) x.emit({ type: 'VariablesSet', scope, variables });
}

/** Sets variables where they are at home, seen from a scope. */
export function setVariables(x: Execution, from: number, variables: Variables): void {
  for (const change of propagate(x.instance, from, variables)) {
    x.emit({ type: 'VariablesSet', scope: change.scope, variables: change.variables });
  }
}

/** Opens the own scope of a token, if it has none yet. `process` begins another process's model. */
export function openScope(x: Execution, token: Token, process?: string): void {
  if (ownScope(x, token) === token.id) return;
  x.emit(
    process === undefined
      ? { type: 'ScopeOpened', scope: token.id }
      : { type: 'ScopeOpened', scope: token.id, process },
  );
}

/** Makes a token at an element outside of any flow; gives its id. */
export function createToken(x: Execution, element: Element, scope: number): number {
  const token = x.draw();
  x.emit({ type: 'TokenCreated', token, element: element.id, scope });
  return token;
}

/** Moves a new token along a flow; its target takes it in, or lets it wait to be joined. */
function takeFlow(x: Execution, flow: Flow, scope: number): void {
  const id = x.draw();
  const target = elementIn(x, scope, flow.target);
  x.emit({ type: 'FlowTaken', flow: flow.id, token: id, element: target.id, scope });
  x.later(() => bring(x, id, target));
}

/** Lets a token arrive at its element, which takes it in or lets it wait to be joined. */
export function bring(x: Execution, id: number, target: Element): void {
  const token = tokenOf(x, id);
  if (!token) return;
  if (x.steps > STEP_LIMIT) raise(x, token, endless(), 'enter');
  else if (target.behaviour.arrive) target.behaviour.arrive(x, token, target);
  else if (target.startQuantity > 1) takeInSeveral(x, token, target);
  else takeIn(x, token, target);
}

/** Takes tokens in as soon as there are as many as the element needs (BPMN 2.0, 10.3.1 startQuantity). */
function takeInSeveral(x: Execution, token: Token, target: Element): void {
  const waiting = arrivedAt(x, token.scope, target);
  if (waiting.length < target.startQuantity) return;
  const others = waiting.filter(({ id }) => id !== token.id).slice(0, target.startQuantity - 1);
  takeIn(
    x,
    token,
    target,
    others.map(({ id }) => id),
  );
}

/** Takes a token into its element: input mappings, boundary events, then the behaviour. Trouble becomes an incident. */
export function takeIn(x: Execution, token: Token, element: Element, joined?: number[]): void {
  if (x.instance.incidents.length > 0) resolveIncidents(x, [token.id, ...(joined ?? [])]);
  x.emit(
    joined === undefined
      ? { type: 'ElementEntered', token: token.id }
      : { type: 'ElementEntered', token: token.id, joined },
  );
  enter(x, token.id, element);
}

/** The part of taking in that an incident of phase `enter` repeats. */
export function enter(x: Execution, id: number, element: Element): void {
  guard(x, id, 'enter', (token) => {
    if (element.data) setInside(x, token, copiedData(x, token.scope, element.data.inputs));
    if (element.inputs.length > 0) {
      const inputs = mapped(x, token.scope, element.inputs, 'input');
      openScope(x, token);
      setLocal(x, token.id, inputs);
    }
    if (element.listeners.length === 0 || !listen(x, token, element, 'start')) perform(x, token, element);
  });
}

/** What comes after the start listeners: boundary events, then the behaviour. */
export function work(x: Execution, id: number, element: Element): void {
  guard(x, id, 'enter', (token) => perform(x, token, element));
}

function perform(x: Execution, token: Token, element: Element): void {
  for (const event of element.boundary) arm(x, token.id, event);
  // A condition that holds already goes before what the element does.
  if (x.checks.length === 0) element.behaviour.enter(x, token, element);
  else x.later(() => guard(x, token.id, 'enter', (here) => element.behaviour.enter(x, here, element)));
}

/** Lets an element that catches (boundary, event sub-process start, catch event) wait on behalf of `host`. */
export function arm(x: Execution, host: number, element: Element): void {
  element.behaviour.arm?.(x, host, element);
}

/** Cancels what was armed on behalf of `host`; `only` names the elements, and `one` the wait, that it is limited to. */
export function disarm(x: Execution, host: number, only?: readonly string[], one?: number): void {
  const mine = (wait: { id: number; host: number; element: string }): boolean =>
    wait.host === host && (only === undefined || only.includes(wait.element)) && (one === undefined || wait.id === one);
  for (const { id } of x.instance.timers.filter(mine)) x.emit({ type: 'TimerCancelled', timer: id });
  for (const { id } of x.instance.messages.filter(mine)) x.emit({ type: 'MessageUnsubscribed', subscription: id });
  for (const { id } of x.instance.signals.filter(mine)) x.emit({ type: 'SignalUnsubscribed', subscription: id });
  if (!x.instance.conditions) return;
  for (const { id } of x.instance.conditions.filter(mine)) x.emit({ type: 'ConditionUnsubscribed', subscription: id });
}

/** Ends an element normally with a result, and moves on by its outgoing flows. */
export function complete(x: Execution, token: Token, given: Variables = {}): void {
  const element = elementOf(x, token);
  const result = element.data ? keepInside(x, token, element.data, given) : given;
  if (element.outputs.length > 0 && Object.keys(result).length > 0) {
    openScope(x, token);
    setLocal(x, token.id, result);
  } else {
    setVariables(x, ownScope(x, token), result);
  }
  leave(x, token.id, element);
}

/** The part of completion that an incident of phase `leave` repeats: output mappings, note, outgoing flows. */
export function leave(x: Execution, id: number, element: Element): void {
  guard(x, id, 'leave', (token) => {
    setVariables(x, token.scope, mapped(x, ownScope(x, token), element.outputs, 'output'));
    if (element.data) setVariables(x, token.scope, copiedData(x, ownScope(x, token), element.data.outputs));
    if (element.listeners.length === 0 || !listen(x, token, element, 'end')) finish(x, token, element);
  });
}

/** What comes after the end listeners: note, outgoing flows. */
export function moveOn(x: Execution, id: number, element: Element): void {
  guard(x, id, 'leave', (token) => finish(x, token, element));
}

function finish(x: Execution, token: Token, element: Element): void {
  const flows = outgoing(x, ownScope(x, token), element);
  writeNotes(x, token, element);
  keep(x, token, element);
  depart(x, token, flows);
}

/** Consumes a token and takes these flows. */
export function depart(x: Execution, token: Token, flows: readonly Flow[]): void {
  const { completionQuantity } = elementOf(x, token);
  consume(x, token);
  x.emit({ type: 'ElementCompleted', token: token.id });
  if (token.compensates !== undefined) checkCompensated(x, token.compensates);
  spread(x, token.scope, flows, completionQuantity);
  if (flows.length === 0) checkGone(x, token.scope);
  if (token.scope !== ROOT && token.compensates === undefined) tellHost(x, token.scope, flows.length === 0);
}

/** Puts new tokens on these flows. */
export function spread(x: Execution, scope: number, flows: readonly Flow[], quantity = 1): void {
  for (const flow of flows) for (let count = 0; count < quantity; count += 1) takeFlow(x, flow, scope);
}

function tellHost(x: Execution, scope: number, ended: boolean): void {
  const host = tokenOf(x, scope);
  if (!host) return;
  const element = elementOf(x, host);
  if (element.behaviour.innerCompleted && !isReopened(host, element)) x.later(() => innerCompleted(x, scope, ended));
}

/** The part that an incident of phase `inner` repeats. */
export function innerCompleted(x: Execution, scope: number, ended: boolean): void {
  guard(x, scope, 'inner', (host) => {
    const element = elementOf(x, host);
    element.behaviour.innerCompleted?.(x, host, element, ended);
  });
}

/** All flows whose condition holds, else the default flow: the rule for everything but gateways. */
function outgoing(x: Execution, scope: number, element: Element): readonly Flow[] {
  if (element.outgoing.every((flow) => !flow.condition)) return element.outgoing;
  const chosen = element.outgoing.filter(
    (flow) => flow.id !== element.defaultFlow && (!flow.condition || holds(x, scope, flow.condition)),
  );
  return chosen.length > 0 ? chosen : [defaultOf(element)];
}

/** The default flow; without one, nothing can be taken. */
export function defaultOf(element: Element): Flow {
  const flow = element.outgoing.find((other) => other.id === element.defaultFlow);
  if (flow) return flow;
  throw new Failure(
    'no-flow',
    `Expected a condition of a flow out of "${element.id}" to hold, but none does and there is no default flow. ` +
      'Correct the variables, then resolve the incident.',
  );
}

/** Whether a flow condition holds; anything but true or false is an error. */
export function holds(x: Execution, scope: number, condition: Expression, more?: Variables): boolean {
  const value = evaluate(x, scope, condition, 'condition', more);
  if (typeof value === 'boolean') return value;
  throw new Failure(
    'expression',
    `Expected condition "${condition.text}" to give true or false, but found ${JSON.stringify(value)}.`,
  );
}

function copiedData(x: Execution, scope: number, copies: readonly DataCopy[]): Variables {
  return copied(copies, visible(x.instance, scope), (source) => evaluate(x, scope, source, 'data association'));
}

function keepInside(x: Execution, token: Token, data: DataFlow, result: Variables): Variables {
  const { inside, outside } = divide(data, result);
  setInside(x, token, inside);
  return outside;
}

/** Sets variables in the own scope of a token. */
export function setInside(x: Execution, token: Token, variables: Variables): void {
  if (Object.keys(variables).length === 0) return;
  openScope(x, token);
  setLocal(x, token.id, variables);
}

function mapped(x: Execution, scope: number, mappings: Element['inputs'], what: 'input' | 'output'): Variables {
  let result: Variables = {};
  for (const { source, target } of mappings) {
    const value = what === 'input' ? lookUp(x, scope, source) : evaluate(x, scope, source, 'output');
    result = withPath(result, target, value);
  }
  return result;
}

function writeNotes(x: Execution, token: Token, element: Element): void {
  for (const { audience, text } of element.notes) {
    const value = lookUp(x, ownScope(x, token), text);
    if (typeof value !== 'string' || value === '') continue;
    x.emit({ type: 'NoteAdded', id: x.draw(), audience, text: value, element: element.id });
  }
}

/** Takes away everything that belongs to a token, but not the token. */
function consume(x: Execution, token: Token): void {
  if (x.instance.incidents.length > 0) resolveIncidents(x, [token.id]);
  disarm(x, token.id);
  if (ownScope(x, token) === token.id) x.emit({ type: 'ScopeClosed', scope: token.id });
}

function resolveIncidents(x: Execution, tokens: readonly number[]): void {
  for (const { id } of x.instance.incidents.filter(({ token }) => tokens.includes(token))) {
    x.emit({ type: 'IncidentResolved', incident: id });
  }
}

/** Ends a token from outside, with all that goes on inside it. */
export function terminate(x: Execution, token: Token): void {
  terminateInside(x, token.id);
  if (token.task) x.emit({ type: 'TaskCancelled', task: token.id });
  if (token.job) x.emit({ type: 'JobCancelled', job: token.job.id ?? token.id });
  consume(x, token);
  x.emit({ type: 'ElementTerminated', token: token.id });
  if (token.compensates !== undefined) checkCompensated(x, token.compensates);
}

/** When nothing is undone any more on behalf of a token, it is told. */
function checkCompensated(x: Execution, id: number): void {
  x.later(() => {
    const token = tokenOf(x, id);
    if (token?.state !== 'active' || x.instance.tokens.some((other) => other.compensates === id)) return;
    const element = elementOf(x, token);
    element.behaviour.trigger?.(x, id, element, { kind: 'compensation', variables: {} });
  });
}

/** Ends every token that moves in a scope, except one. */
export function terminateInside(x: Execution, scope: number, except?: number): void {
  for (const token of x.instance.tokens.filter((other) => other.scope === scope && other.id !== except)) {
    if (tokenOf(x, token.id)) terminate(x, token);
  }
}

/** When nothing moves in a scope any more, its element is told; the root's end ends the instance. */
function checkGone(x: Execution, scope: number): void {
  x.later(() => gone(x, scope));
}

/** Tells the element of a scope when nothing moves in it any more. */
export function gone(x: Execution, scope: number): void {
  if (x.instance.status !== 'active' || x.instance.tokens.some((token) => token.scope === scope)) return;
  const host = tokenOf(x, scope);
  if (host) {
    const element = elementOf(x, host);
    if (isReopened(host, element)) depart(x, host, []);
    else element.behaviour.childrenGone?.(x, host, element);
  } else if (x.instance.scopes.some((other) => other.id === scope)) {
    end(x, 'completed');
  }
}

/** Ends the instance: every token and every wait goes. */
export function end(x: Execution, status: 'completed' | 'failed' | 'cancelled', reason?: string): void {
  terminateInside(x, 0);
  disarm(x, 0);
  x.emit(
    reason === undefined
      ? { type: 'InstanceEnded', status, at: x.at }
      : { type: 'InstanceEnded', status, at: x.at, reason },
  );
}

/** Runs a step for a token; a failure of the model disarms the token and raises an incident on it. */
export function guard(x: Execution, id: number, phase: IncidentPhase, step: (token: Token) => void): void {
  const token = tokenOf(x, id);
  if (!token) return;
  try {
    step(token);
  } catch (trouble) {
    if (!(trouble instanceof Failure)) throw trouble;
    if (phase === 'enter') {
      disarm(x, id);
      if (ownScope(x, token) === id) x.emit({ type: 'ScopeClosed', scope: id });
    }
    const here = tokenOf(x, id);
    if (!here) throw new Error(`Expected token ${id} to be there still when its step failed: ${trouble.message}`);
    raise(x, here, trouble, phase);
  }
}

function endless(): Failure {
  return new Failure(
    'loop',
    `Expected the process to come to rest within ${STEP_LIMIT} steps, but it goes round without waiting. ` +
      'Correct the variables that should end the loop, then resolve the incident.',
  );
}

/** Raises an incident on a token. */
export function raise(x: Execution, token: Token, trouble: Failure, phase: IncidentPhase): void {
  x.emit({
    type: 'IncidentRaised',
    incident: x.draw(),
    token: token.id,
    element: token.element,
    kind: trouble.kind,
    phase,
    message: trouble.message,
  });
}
