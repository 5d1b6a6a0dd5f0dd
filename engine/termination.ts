/** How tokens end: with what belongs to them, and with all that goes on inside. */
import type { Execution } from './execution.ts';
import type { Token, Value } from './instance.ts';
import { isReopened } from './keep.ts';
import { elementOf, ownScope, tokenOf } from './place.ts';
import { disarm } from './waits.ts';

/** Consumes a token that did its work. `output`: what an iteration gives to the output collection. */
export function endToken(x: Execution, token: Token, output?: Value): void {
  consume(x, token);
  x.emit(
    output === undefined
      ? { type: 'ElementCompleted', token: token.id }
      : { type: 'ElementCompleted', token: token.id, output },
  );
}

/** Takes away everything that belongs to a token, but not the token. */
function consume(x: Execution, token: Token): void {
  if (x.instance.incidents.length > 0) resolveIncidents(x, [token.id]);
  disarm(x, token.id);
  if (ownScope(x, token) === token.id) x.emit({ type: 'ScopeClosed', scope: token.id });
}

/** Ends the incidents of tokens. */
export function resolveIncidents(x: Execution, tokens: readonly number[]): void {
  for (const { id } of x.instance.incidents.filter(({ token }) => tokens.includes(token))) {
    x.emit({ type: 'IncidentResolved', incident: id });
  }
}

/** Ends a token from outside, with all that goes on inside it. */
export function terminate(x: Execution, token: Token): void {
  terminateWith(x, token, tokensByScope(x));
}

function terminateWith(x: Execution, token: Token, tokens: ReadonlyMap<number, readonly Token[]>): void {
  for (const inner of tokens.get(token.id) ?? []) terminateWith(x, inner, tokens);
  if (token.task) x.emit({ type: 'TaskCancelled', task: token.id });
  if (token.job) x.emit({ type: 'JobCancelled', job: token.job.id ?? token.id });
  consume(x, token);
  x.emit({ type: 'ElementTerminated', token: token.id });
  if (token.compensates !== undefined) checkCompensated(x, token.compensates);
}

/** When nothing is undone any more on behalf of a token, it is told. */
export function checkCompensated(x: Execution, id: number): void {
  x.later(() => {
    const token = tokenOf(x, id);
    if (token?.state !== 'active' || x.instance.tokens.some((other) => other.compensates === id)) return;
    const element = elementOf(x, token);
    if (isReopened(token, element)) return;
    element.behaviour.trigger?.(x, id, element, { kind: 'compensation', variables: {} });
  });
}

/** Ends every token that moves in a scope, except one. */
export function terminateInside(x: Execution, scope: number, except?: number): void {
  if (x.instance.tokens.length === 0) return;
  const tokens = tokensByScope(x);
  for (const token of tokens.get(scope) ?? []) if (token.id !== except) terminateWith(x, token, tokens);
}

/** Grouped once for a whole termination, which makes no tokens and ends each of them once. */
function tokensByScope(x: Execution): Map<number, Token[]> {
  const groups = new Map<number, Token[]>();
  for (const token of x.instance.tokens) {
    const group = groups.get(token.scope);
    if (group) group.push(token);
    else groups.set(token.scope, [token]);
  }
  return groups;
}
