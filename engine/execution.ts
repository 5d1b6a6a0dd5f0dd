/**
 * One command at work on one instance: the agenda, and the steps that behaviours are made of. Every change goes through
 * `emit`, so the events are the whole effect.
 */
import type { Event } from './event.ts';
import { holds } from './evaluation.ts';
import { Failure } from './failure.ts';
import { ROOT, type IncidentPhase, type Instance, type Instant, type Token, type Variables } from './instance.ts';
import { isReopened, keep } from './keep.ts';
import type { Loop } from './loops/loop.ts';
import {
  isEmpty,
  keepInside,
  openScope,
  readInputs,
  setLocal,
  setVariables,
  writeNotes,
  writeOutputs,
} from './mappings.ts';
import type { Element, Flow } from './model.ts';
import { listen } from './listeners.ts';
import { childrenOf, elementIn, elementOf, isMoved, modelOf, ownScope, tokenOf } from './place.ts';
import { arrivedAt } from './reach.ts';
import type { Release } from './release.ts';
import { endless, STEPS, type StepLimit } from './step-limit.ts';
import { checkCompensated, endToken, resolveIncidents, terminateInside } from './termination.ts';
import { arm, disarm, disarmInside } from './waits.ts';

export { arm, childrenOf, disarm, elementIn, elementOf, modelOf, ownScope, tokenOf };

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
  /** The release that the instance is to go over to. */
  readonly target: Release | null;
  /** The command's time. */
  readonly at: Instant;
  /** The state as of the last event; read only. */
  readonly instance: Instance;
  /** Steps taken in this command so far. */
  readonly steps: number;
  /** What conditional events are to be looked at for before the next step; nothing while none waits. */
  readonly checks: ConditionCheck[];
  readonly limit: StepLimit;
  emit(event: Event): void;
  /** Goes on in this release. */
  adopt(release: Release): void;
  /** The next id of the instance. */
  draw(): number;
  /** Puts a step on the agenda, to run after those already there. */
  later(step: () => void): void;
  /** Puts a step aside until all tokens rest. */
  atRest(step: () => void): void;
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
  if (!token || !isWithinLimit(x, token, 'arrive')) return;
  if (target.behaviour.arrive) target.behaviour.arrive(x, token, target);
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

/** Whether the command may go on with this token; else it becomes an incident, which stops what goes round for ever. */
export function isWithinLimit(x: Execution, token: Token, phase: 'arrive' | 'enter'): boolean {
  if (x.steps <= STEPS || x.limit.holds(x.instance, x.steps)) return true;
  raise(x, token, endless(x.limit.steps), phase);
  return false;
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
    const loop = loopAround(token, element);
    if (token.iteration !== undefined) openScope(x, token);
    if (loop === null) readInputs(x, token, element);
    const listens = loop === null && element.listeners.length > 0;
    if (!listens || !listen(x, token, element, 'start')) perform(x, token, element);
  });
}

/** What comes after the start listeners: boundary events, then the behaviour. */
export function work(x: Execution, id: number, element: Element): void {
  guard(x, id, 'enter', (token) => perform(x, token, element));
}

function perform(x: Execution, token: Token, element: Element): void {
  for (const event of boundaryOf(token, element)) arm(x, token.id, event);
  // A condition that holds already goes before what the element does.
  if (x.checks.length === 0) start(x, token, element);
  else x.later(() => guard(x, token.id, 'enter', (here) => start(x, here, element)));
}

function start(x: Execution, token: Token, element: Element): void {
  const loop = loopAround(token, element);
  if (loop === null) element.behaviour.enter(x, token, element);
  else loop.begin(x, token, element);
}

/** Opens the inside of an element without beginning anything there: somebody puts a token into it by hand. */
export function openAround(x: Execution, token: Token, element: Element): void {
  x.emit({ type: 'ElementEntered', token: token.id });
  readInputs(x, token, element);
  for (const event of boundaryOf(token, element)) arm(x, token.id, event);
  element.behaviour.open?.(x, token, element);
}

/** The loop whose body this token is. */
function loopAround(token: Token, element: Element): Loop | null {
  return token.iteration === undefined ? element.loop : null;
}

/** The boundary events that wait for this token: those of a loop belong to its body. */
export function boundaryOf(token: Token, element: Element): readonly Element[] {
  return token.iteration === undefined ? element.boundary : [];
}

/** Ends an element normally with a result, and moves on by its outgoing flows. */
export function complete(x: Execution, token: Token, given: Variables = {}): void {
  const element = elementOf(x, token);
  const result = element.data ? keepInside(x, token, element.data, given) : given;
  if (element.outputs.length > 0 && !isEmpty(result)) {
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
    const loop = loopAround(token, element);
    if (loop !== null) return leaveBody(x, token, element, loop);
    writeOutputs(x, token, element);
    if (element.listeners.length === 0 || !listen(x, token, element, 'end')) finish(x, token, element);
    else disarmInside(x, token, element);
  });
}

/** What comes after the end listeners: note, outgoing flows. */
export function moveOn(x: Execution, id: number, element: Element): void {
  guard(x, id, 'leave', (token) => finish(x, token, element));
}

function finish(x: Execution, token: Token, element: Element): void {
  const { loop } = element;
  const flows = loop === null ? outgoing(x, ownScope(x, token), element) : [];
  writeNotes(x, token, element);
  keep(x, token, element);
  if (loop === null) depart(x, token, flows);
  else loop.iterated(x, token, element);
}

/** All iterations of a loop are through: its result goes to the scope around, and its flows are taken. */
function leaveBody(x: Execution, body: Token, element: Element, loop: Loop): void {
  if (!loop.isOver(x, body)) return;
  setVariables(x, body.scope, loop.result(x, body));
  const flows = outgoing(x, body.scope, element);
  keep(x, body, element, null);
  depart(x, body, flows);
}

/** Consumes a token and takes these flows. */
export function depart(x: Execution, token: Token, flows: readonly Flow[]): void {
  const { completionQuantity } = elementOf(x, token);
  endToken(x, token);
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
    if (!isBeingLeft(host)) element.behaviour.innerCompleted?.(x, host, element, ended);
  });
}

/**
 * All flows whose condition holds, and those without one; the default flow when no condition holds, also beside flows
 * without one: the rule for everything but gateways (BPMN 2.0, 13.3.1).
 */
function outgoing(x: Execution, scope: number, element: Element): readonly Flow[] {
  if (!element.outgoing.some(isConditional)) return element.outgoing;
  const chosen = element.outgoing.filter(
    (flow) => flow.id !== element.defaultFlow && (!flow.condition || holds(x, scope, flow.condition)),
  );
  if (chosen.some((flow) => flow.condition)) return chosen;
  if (chosen.length > 0 && element.defaultFlow === null) return chosen;
  return [...chosen, defaultOf(element)];
}

function isConditional(flow: Flow): boolean {
  return flow.condition !== undefined;
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

/** When nothing moves in a scope any more, its element is told; the root's end ends the instance. */
function checkGone(x: Execution, scope: number): void {
  x.later(() => gone(x, scope));
}

/** An end listener or an incident holds it: several may have seen the last one inside go. */
export function isBeingLeft({ state, job }: Token): boolean {
  return state === 'failed' || job?.listener?.event === 'end';
}

/** Tells the element of a scope when nothing moves in it any more. */
export function gone(x: Execution, scope: number): void {
  if (x.instance.status !== 'active' || isMoved(x, scope)) return;
  const host = tokenOf(x, scope);
  if (host) {
    const element = elementOf(x, host);
    const loop = loopAround(host, element);
    if (isReopened(host, element)) depart(x, host, []);
    else if (isBeingLeft(host)) return;
    else if (loop !== null) loop.goOn(x, host, element);
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
    } else if (phase === 'leave') disarmInside(x, token, elementOf(x, token));
    const here = tokenOf(x, id);
    if (!here) throw new Error(`Expected token ${id} to be there still when its step failed: ${trouble.message}`);
    raise(x, here, trouble, phase);
  }
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
