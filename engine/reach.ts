/** From where a token can come: the paths by sequence flows and boundary events inside one scope. */
import type { Execution } from './execution.ts';
import { isReopened } from './keep.ts';
import type { Token } from './instance.ts';
import type { Element, Flow, ProcessModel } from './model.ts';

/** The elements from which one of these can be reached without passing `stop`. */
export function upstream(from: readonly string[], stop: Element, model: ProcessModel): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const element = model.byId.get(id);
    if (!element || reached.has(id) || id === stop.id) continue;
    reached.add(id);
    for (const flow of element.incoming) open.push(flow.source);
    if (element.attachedTo !== null) open.push(element.attachedTo);
  }
  return reached;
}

/** The tokens of a scope that can still bring a token to one of these flows into `join`. */
export function suppliers(
  x: Execution,
  scope: number,
  join: Element,
  flows: readonly Flow[],
  model: ProcessModel,
): Token[] {
  const from = flows.map((flow) => flow.source);
  const sources = upstream(from, join, model);
  return x.instance.tokens.filter(
    (token) => token.scope === scope && sources.has(token.element) && supplies(token, model.byId.get(token.element)),
  );
}

/** Whether a token may still take a flow: a completed activity that is undone from its inside does not. */
export function goesOn(token: Token, element: Element | undefined): boolean {
  return !element || !isReopened(token, element);
}

/** Whether a token may still bring others to what lies behind its element. */
export function supplies(token: Token, element: Element | undefined): boolean {
  return goesOn(token, element) && element?.behaviour.spent?.(token, element) !== true;
}

/** The tokens of a scope that wait unmerged at an element. */
export function arrivedAt(x: Execution, scope: number, element: Element): Token[] {
  return x.instance.tokens.filter(
    (token) => token.scope === scope && token.element === element.id && token.state === 'arrived',
  );
}

/** One waiting token of each incoming flow, in the order of the flows. */
export function oneOfEach(element: Element, waiting: readonly Token[]): Token[] {
  return element.incoming.flatMap((flow) => waiting.find((token) => token.via === flow.id) ?? []);
}
