/** The waits of an instance that goes over to another release: which of them go on, end, or begin there. */
import type { EventSpec } from '../events/definition.ts';
import { boundaryOf, childrenOf, isBeingLeft, type Execution } from '../execution.ts';
import { isReopened } from '../keep.ts';
import { ROOT, type Token } from '../instance.ts';
import type { Children, Element, ProcessModel } from '../model.ts';
import { waiting } from '../trigger.ts';
import type { Crossing, Plan } from './plan.ts';

/** What becomes of the waits of one host. */
export interface WaitPlan {
  readonly host: number;
  /** Waits that end. */
  readonly drop: number[];
  /** Elements there that begin to wait. */
  readonly arm: Element[];
  /** The elements there of which one must wait, so that the token does not wait for nothing. */
  readonly needed: readonly Element[];
}

/** A host's events here and there, of which those that wait are matched. */
interface Group {
  readonly host: number;
  readonly before: readonly Element[];
  readonly after: readonly Element[];
  readonly idOf: (id: string) => string;
}

/**
 * A wait goes on as it is when its event waits for the same there, also one that has come already: it is not begun again.
 * Otherwise it ends, and the events there begin to wait from now on. Records what is called otherwise there.
 */
export function waitPlans(x: Execution, plan: Plan): WaitPlan[] {
  const plans: WaitPlan[] = [];
  const add = (group: Group, isNeeded = false): void => {
    const found = match(x, group, plan);
    if (found.drop.length + found.arm.length === 0) return;
    plans.push({ host: group.host, ...found, needed: isNeeded ? group.after : [] });
  };
  const { own } = plan;
  if (own && !isInterrupted(x, ROOT)) {
    add({ host: ROOT, before: startsOf(own.here.root), after: startsOf(own.there.root), idOf: own.idOf });
  }
  for (const crossing of plan.crossings) {
    const { token, before, after, pair } = crossing;
    const { id: host } = token;
    const { idOf } = pair;
    if (!hasEdges(x, token, before)) continue;
    add({ host, before: boundaryOf(token, before), after: boundaryOf(token, after), idOf });
    if (!isWorking(token, before)) continue;
    add({ host, before: ownOf(before, pair.here), after: ownOf(after, pair.there), idOf }, true);
    if (x.instance.scopes.some(({ id }) => id === host) && !isInterrupted(x, host)) add(insideOf(x, crossing, plan));
  }
  return plans;
}

function match(x: Execution, { host, before, after, idOf }: Group, plan: Plan): Pick<WaitPlan, 'drop' | 'arm'> {
  const drop: number[] = [];
  const kept = new Set<Element>();
  const waits = waitsOf(x, host);
  for (const event of before) {
    const mine = waits.filter((wait) => wait.element === event.id && waiting(x, wait) === event);
    const there = after.find(({ id }) => id === idOf(event.id));
    if (there && isSame(event, there)) {
      kept.add(there);
      if (there.id !== event.id) plan.moved.push(...mine.map(({ id }) => ({ id, element: there.id })));
    } else drop.push(...mine.map(({ id }) => id));
  }
  return { drop, arm: after.filter((event) => !kept.has(event)) };
}

function isSame(before: Element, after: Element): boolean {
  return before.type === after.type && before.behaviour.waitsFor?.(before) === after.behaviour.waitsFor?.(after);
}

function startsOf({ eventSubProcesses }: Children): Element[] {
  return eventSubProcesses.flatMap((group) => group.children?.starts ?? []);
}

/** The element itself, if it waits, and those that wait in its place. */
function ownOf(element: Element, model: ProcessModel): Element[] {
  const races = element.behaviour.races?.(element) ?? [];
  const own = element.behaviour.arm && element.attachedTo === null ? [element] : [];
  return [...own, ...races.map((id) => model.byId.get(id)).filter((one) => one !== undefined)];
}

function insideOf(x: Execution, { token, after, pair }: Crossing, plan: Plan): Group {
  const scope = x.instance.scopes.find(({ id }) => id === token.id);
  const before = startsOf(childrenOf(x, token.id));
  if (!scope?.isolated) {
    return { host: token.id, before, after: after.children ? startsOf(after.children) : [], idOf: pair.idOf };
  }
  const called = plan.crossings.find((other) => other.token.scope === token.id)?.pair;
  // A call that is over already waits for nothing.
  if (!called) return { host: token.id, before: [], after: [], idOf: pair.idOf };
  return { host: token.id, before, after: startsOf(called.there.root), idOf: called.idOf };
}

/** What sits on the edge waits from the end of the start listeners to the end of the token; not for what is undone. */
function hasEdges(x: Execution, token: Token, element: Element): boolean {
  if (token.state === 'arrived' || token.cancelled || isReopened(token, element)) return false;
  if (x.instance.incidents.some((incident) => incident.token === token.id && incident.phase === 'enter')) return false;
  return token.job?.listener?.event !== 'start';
}

/** It does its work: it has begun, and no listener stands behind that. */
function isWorking(token: Token, element: Element): boolean {
  return !isBeingLeft(token) && (element.loop === null || token.iteration !== undefined);
}

/**
 * Whether an interrupting event sub-process has begun here, after which no other does. Where one was entered by hand, nothing
 * was interrupted: the others wait still.
 */
function isInterrupted(x: Execution, scope: number): boolean {
  const children = childrenOf(x, scope);
  const starts = startsOf(children);
  if (waitsOf(x, scope).some((wait) => starts.some(({ id }) => id === wait.element))) return false;
  return x.instance.tokens.some((token) => {
    const group = token.scope === scope ? children.eventSubProcesses.find(({ id }) => id === token.element) : undefined;
    const [start] = group?.children?.starts ?? [];
    return start !== undefined && (start.spec as EventSpec).interrupting;
  });
}

function waitsOf({ instance: { timers, messages, signals, conditions = [] } }: Execution, host: number) {
  return [...timers, ...messages, ...signals, ...conditions].filter((wait) => wait.host === host);
}
