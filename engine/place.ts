/** Where a token is: its element, its model, its scope. */
import type { Execution } from './execution.ts';
import { findById, hasId } from './find.ts';
import type { Scope, Token } from './instance.ts';
import type { Children, Element, ProcessModel } from './model.ts';
import { Rejection } from './rejection.ts';
import { scopeOf } from './variables.ts';

const NOTHING_INSIDE: Children = { starts: [], implicit: [], declares: [], eventSubProcesses: [] };

/** The token of this id, or undefined when it is gone. */
export function tokenOf(x: Execution, id: number): Token | undefined {
  return findById(x.instance.tokens, id);
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

/** What lies inside a scope: of the root or a call activity the process's, else the sub-process's; of a loop's body nothing. */
export function childrenOf(x: Execution, scope: number): Children {
  const record = scopeOf(x.instance, scope);
  const model = modelOf(x, scope);
  if (record.isolated || record.parent === null) return model.root;
  const element = model.byId.get(record.element);
  if (!element) return model.root;
  return (isBody(x, record, element) ? null : element.children) ?? NOTHING_INSIDE;
}

/** Whether a scope is that of a loop's body, open for the first time or again: that of an iteration lies in such a one. */
function isBody(x: Execution, scope: Scope, { loop, id }: Element): boolean {
  if (loop === null || scope.parent === null) return false;
  const outer = scopeOf(x.instance, scope.parent);
  return outer.element !== id || outer.isolated === true;
}

/** The scope that a token's expressions read: its own when it has one, else the one it moves in. */
export function ownScope(x: Execution, token: Token): number {
  return hasId(x.instance.scopes, token.id) ? token.id : token.scope;
}

/** Whether a token moves in a scope: such a one is younger than the token whose scope it is. */
export function isMoved(x: Execution, scope: number): boolean {
  const found = x.instance.tokens.findLast((token) => token.id <= scope || token.scope === scope);
  return found !== undefined && found.id > scope;
}
