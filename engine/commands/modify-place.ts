/** Where an element that is activated by hand begins: the open scope, and what has to be opened between. */
import { elementIn, elementOf, modelOf, tokenOf, type Execution } from '../execution.ts';
import { isReopened } from '../keep.ts';
import type { Scope } from '../instance.ts';
import type { Element, ProcessModel } from '../model.ts';
import { Rejection } from '../rejection.ts';
import { scopeOf } from '../variables.ts';
import { gone } from './common.ts';

export interface Place {
  readonly element: Element;
  /** The open scope. */
  readonly scope: number;
  /** What is opened inside it, outermost first. */
  readonly missing: readonly Element[];
}

/** In the scope that was named; everything between is opened anew. */
export function placeIn(x: Execution, id: string, named: number, doomed: ReadonlySet<number>): Place {
  const scope = x.instance.scopes.find((other) => other.id === named);
  if (!scope || doomed.has(named)) throw gone(x, `scope ${named} to be open, and to stay so,`);
  const model = modelOf(x, named);
  const element = activatable(model, id);
  const around = aroundOf(model, element);
  const depth = isBody(x, scope) ? -1 : depthOf(scope, around);
  if (depth < 0) {
    const here = scope.loop ? `the loop "${scope.element}"` : `"${scope.element}"`;
    throw new Rejection(
      'invalid',
      `Expected scope ${named} to be one in which "${id}" lies, but it is that of ${here}.`,
    );
  }
  return placed(x, element, scope, around.slice(0, depth));
}

/**
 * In the one open scope that the element lies in; outwards, where that is not open.
 * @param within a scope around the element: others are not looked at
 */
export function placeFor(x: Execution, id: string, within: number, doomed: ReadonlySet<number>): Place {
  const model = modelOf(x, within);
  const element = activatable(model, id);
  const around = aroundOf(model, element);
  const depth = depthOf(scopeOf(x.instance, within), around);
  for (const [level, group] of around.slice(0, depth).entries()) {
    const open = x.instance.scopes.filter(
      (scope) => scope.element === group.id && !doomed.has(scope.id) && isOpenIn(x, scope, within),
    );
    if (open.length > 1) throw ambiguous(id, group, open);
    if (open[0]) return placed(x, element, open[0], around.slice(0, level));
  }
  return placed(x, element, scopeOf(x.instance, within), around.slice(0, depth));
}

/** The nearest scope, from this one outwards, in which the element lies and which stays open. */
export function nearestAround(x: Execution, id: string, from: number, doomed: ReadonlySet<number>): number {
  const model = modelOf(x, from);
  const around = aroundOf(model, activatable(model, id));
  for (let scope = scopeOf(x.instance, from); ; scope = scopeOf(x.instance, scope.parent)) {
    const stays = !doomed.has(scope.id);
    if (scope.parent === null || (stays && !isBody(x, scope) && depthOf(scope, around) >= 0)) return scope.id;
    // What lies around a called process is another one.
    if (scope.isolated) throw gone(x, `scope ${scope.id} around "${id}" to stay open`);
  }
}

/** The scopes from one outwards to that of its process, by the ids of their elements. */
export function levelsAround(x: Execution, from: number): Map<string, number> {
  const levels = new Map<string, number>();
  for (let scope = scopeOf(x.instance, from); ; scope = scopeOf(x.instance, scope.parent)) {
    const outermost = scope.parent === null || scope.isolated === true;
    const id = outermost ? scope.process : scope.element;
    if (!levels.has(id)) levels.set(id, scope.id);
    if (scope.parent === null || outermost) return levels;
  }
}

/** What an element lies in, from inside out; the process is not among them. */
function aroundOf({ byId }: ProcessModel, element: Element): Element[] {
  const found: Element[] = [];
  for (let group = byId.get(element.parent); group; group = byId.get(group.parent)) found.push(group);
  return found;
}

/** How many of these lie inside a scope; -1 when it is not around them. */
function depthOf(scope: Scope, around: readonly Element[]): number {
  if (scope.parent === null || scope.isolated) return around.length;
  return around.findIndex(({ id }) => id === scope.element);
}

/** The scope of a loop's body holds its iterations, nothing else. */
function isBody(x: Execution, { id, isolated }: Scope): boolean {
  const host = tokenOf(x, id);
  return host !== undefined && host.iteration === undefined && !isolated && elementOf(x, host).loop !== null;
}

/** Whether a scope is open for tokens and lies in another, of the same process. */
function isOpenIn(x: Execution, scope: Scope, within: number): boolean {
  if (scope.isolated || isBody(x, scope) || tokenOf(x, scope.id)?.state === 'arrived') return false;
  for (let outer = scope; outer.parent !== null; outer = scopeOf(x.instance, outer.parent)) {
    if (outer.id === within) return true;
    if (outer.isolated) return false;
  }
  return within === 0;
}

/** The element, if somebody may activate it. */
function activatable(model: ProcessModel, id: string): Element {
  const element = model.byId.get(id);
  if (!element) throw unknown(model, id);
  const { behaviour, forCompensation, children } = element;
  if (behaviour.instead !== undefined) {
    const found = `Expected an element that can be activated by hand, but "${id}" is a ${element.type}.`;
    throw new Rejection('invalid', `${found} Name ${behaviour.instead}.`);
  }
  if (forCompensation || children?.starts.some((start) => start.behaviour.compensation?.(start))) {
    const found = `Expected an element that can be activated by hand, but "${id}" only undoes what has completed.`;
    throw new Rejection('invalid', `${found} Name another element.`);
  }
  return element;
}

function unknown(model: ProcessModel, id: string): Rejection {
  const flow = model.elements.flatMap(({ outgoing }) => outgoing).find((other) => other.id === id);
  if (flow) {
    const found = `Expected an element that can be activated by hand, but "${id}" is a sequence flow.`;
    return new Rejection('invalid', `${found} Name the element at its end, "${flow.target}".`);
  }
  const known = model.elements.map((element) => element.id).join(', ');
  return new Rejection(
    'invalid',
    `Expected an element of process "${model.id}", but found "${id}". Choose one of ${known}.`,
  );
}

function ambiguous(id: string, group: Element, open: readonly Scope[]): Rejection {
  const scopes = open.map((scope) => scope.id).join(', ');
  return new Rejection(
    'conflict',
    `Expected one open scope of "${group.id}" around "${id}", but there are ${open.length}. ` +
      `Name the one that is meant: ${scopes}.`,
  );
}

function placed(x: Execution, element: Element, scope: Scope, inner: readonly Element[]): Place {
  refuseBusy(x, scope, element.id);
  const missing = [...inner].reverse();
  for (const group of missing) {
    if (group.loop !== null) {
      throw new Rejection(
        'invalid',
        `Expected "${element.id}" to lie in an iteration of "${group.id}" that is open, but found none. ` +
          `Name the scope of an iteration, or activate "${group.id}".`,
      );
    }
    if (group.forCompensation || group.children?.starts.some((start) => start.behaviour.compensation?.(start))) {
      const found = `Expected "${group.id}" around "${element.id}" to be open, because it only undoes what has completed`;
      throw new Rejection('invalid', `${found}, but it is not. Name another element.`);
    }
  }
  return { element, scope: scope.id, missing };
}

/** Nothing can begin where something is just being begun, left or undone. */
function refuseBusy(x: Execution, scope: Scope, element: string): void {
  const host = tokenOf(x, scope.id);
  const busy = host && (host.state !== 'active' || host.job !== undefined);
  let undone = false;
  for (let around = host; around; around = tokenOf(x, around.scope)) {
    undone ||= around.cancelled === true || isReopened(around, elementIn(x, around.scope, around.element));
  }
  if (!busy && !undone) return;
  const found = `"${scope.element}" (scope ${scope.id}) is being ${undone ? 'undone' : 'begun or left'}`;
  throw new Rejection('conflict', `Expected "${element}" to lie in a scope that takes tokens, but ${found}.`);
}
