/** What goes into an element and comes out of it: its own scope, mappings, data associations, notes. */
import { copied, divide } from './data-flow.ts';
import { evaluate, lookUp } from './evaluation.ts';
import type { Execution } from './execution.ts';
import type { Token, Variables } from './instance.ts';
import type { DataCopy, DataFlow, Element } from './model.ts';
import { ownScope } from './place.ts';
import { propagate, visible, withPath } from './variables.ts';

/** Sets variables of exactly this scope. */
export function setLocal(x: Execution, scope: number, variables: Variables): void {
  if (!isEmpty(variables)) x.emit({ type: 'VariablesSet', scope, variables });
}

export function isEmpty(variables: Variables): boolean {
  for (const name in variables) if (Object.hasOwn(variables, name)) return false;
  return true;
}

/** Sets variables where they are at home, seen from a scope. */
export function setVariables(x: Execution, from: number, variables: Variables): void {
  if (isEmpty(variables)) return;
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

/** Data associations and input mappings: they read what the element was given for itself too. */
export function readInputs(x: Execution, token: Token, element: Element): void {
  const seen = ownScope(x, token);
  if (element.data) setInside(x, token, copiedData(x, seen, element.data.inputs));
  if (element.inputs.length > 0) {
    const inputs = mapped(x, seen, element.inputs, 'input');
    openScope(x, token);
    setLocal(x, token.id, inputs);
  }
}

/** Output mappings and data associations. What an iteration has for itself stays in its own scope. */
export function writeOutputs(x: Execution, token: Token, element: Element): void {
  if (element.outputs.length === 0 && !element.data) return;
  const outputs = mapped(x, ownScope(x, token), element.outputs, 'output');
  if (element.loop === null) setVariables(x, token.scope, outputs);
  else {
    const { inside, outside } = divide(element.loop, outputs);
    setLocal(x, token.id, inside);
    setVariables(x, token.scope, outside);
  }
  if (element.data) setVariables(x, token.scope, copiedData(x, ownScope(x, token), element.data.outputs));
}

function copiedData(x: Execution, scope: number, copies: readonly DataCopy[]): Variables {
  return copied(copies, visible(x.instance, scope), (source) => evaluate(x, scope, source, 'data association'));
}

export function keepInside(x: Execution, token: Token, data: DataFlow, result: Variables): Variables {
  const { inside, outside } = divide(data, result);
  setInside(x, token, inside);
  return outside;
}

/** Sets variables in the own scope of a token. */
export function setInside(x: Execution, token: Token, variables: Variables): void {
  if (isEmpty(variables)) return;
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

export function writeNotes(x: Execution, token: Token, element: Element): void {
  for (const { audience, text } of element.notes) {
    const value = lookUp(x, ownScope(x, token), text);
    if (typeof value !== 'string' || value === '') continue;
    x.emit({ type: 'NoteAdded', id: x.draw(), audience, text: value, element: element.id });
  }
}
