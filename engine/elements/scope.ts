import type { Beginning } from '../behaviour.ts';
import { isNone } from '../events/definition.ts';
import { arm, bring, complete, createToken, gone, tokenOf, type Execution } from '../execution.ts';
import { setLocal } from '../mappings.ts';
import type { Variables } from '../instance.ts';
import type { Children, Element } from '../model.ts';
import { scopeOf } from '../variables.ts';

/**
 * Begins the inside of an open scope: its event sub-processes begin to wait, then the start event's token runs.
 * @param start default: the none start event; of an event sub-process that is tried again, its only one
 * @param variables what the trigger of the start event brought
 * @param by of an instance: what it begins with
 */
export function startInside(
  x: Execution,
  scope: number,
  children: Children,
  start?: Element,
  variables: Variables = {},
  by?: Beginning,
): void {
  openInside(x, scope, children);
  const first = start ?? children.starts.find(isNone) ?? children.starts[0];
  if (first) begin(x, scope, first, variables, by);
  else if (children.implicit.length > 0) beginAll(x, scope, children.implicit);
  else x.later(() => gone(x, scope));
}

/** What an open scope has before anything moves in it: its data, and the event sub-processes that wait. */
export function openInside(x: Execution, scope: number, children: Children): void {
  if (children.declares.length > 0) declareData(x, scope, children.declares);
  for (const group of children.eventSubProcesses) {
    for (const event of group.children?.starts ?? []) arm(x, scope, event);
  }
}

function begin(x: Execution, scope: number, first: Element, variables: Variables, by?: Beginning): void {
  const id = createToken(x, first, scope);
  x.later(() => {
    const token = tokenOf(x, id);
    if (!token) return;
    x.emit({ type: 'ElementEntered', token: id });
    if (by && first.behaviour.begin) first.behaviour.begin(x, token, first, by);
    else complete(x, token, variables);
  });
}

/** Brings a token to each of these elements, which no flow leads to. */
export function beginAll(x: Execution, scope: number, elements: readonly Element[]): void {
  for (const element of elements) {
    const id = createToken(x, element, scope);
    x.later(() => bring(x, id, element));
  }
}

/** A scope has data of its own that nobody else sees; it is null until it is written. */
export function declareData(x: Execution, scope: number, names: readonly string[]): void {
  const known = scopeOf(x.instance, scope).variables;
  const fresh = names.filter((name) => !Object.hasOwn(known, name));
  setLocal(x, scope, Object.fromEntries(fresh.map((name) => [name, null])));
}
