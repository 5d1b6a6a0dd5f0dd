/**
 * Joins that can never fire. A token that waits for others is looked at when everything rests: when no token of its scope
 * can come where one is missing, that is an incident and not silence.
 */
import { elementIn, elementOf, modelOf, raise, tokenOf, type Execution } from './execution.ts';
import { Failure } from './failure.ts';
import { ROOT, type Token } from './instance.ts';
import type { Element, Flow } from './model.ts';
import { supplies, upstream } from './reach.ts';

/** What a waiting token needs: a further token from all of these flows, or from any of them. */
export interface Awaited {
  readonly flows: readonly Flow[];
  readonly all: boolean;
  /** It goes on also without, once nothing can come there any more. */
  readonly reset?: true;
}

interface Join {
  readonly token: Token;
  readonly element: Element;
  readonly awaited: Awaited;
}

/** What the token waits for before its element takes it in; null when the element needs nothing more than time. */
export function awaitedBy(x: Execution, token: Token, element: Element): Awaited | null {
  if (element.behaviour.awaits) return element.behaviour.awaits(x, token, element);
  return element.startQuantity > 1 ? { flows: element.incoming, all: false } : null;
}

/** Raises an incident for each join that no token can complete any more; one per join. */
export function raiseDeadJoins(x: Execution): void {
  const waiting = x.instance.tokens.filter(isWaiting);
  if (waiting.length === 0) return;
  const scopes = new Set(waiting.map(({ scope }) => scope));
  for (const scope of scopes) {
    for (const { token, element, awaited } of dead(x, scope)) {
      if (x.instance.incidents.some((incident) => incident.token === token.id)) continue;
      raise(x, token, unreachable(element, awaited), 'arrive');
    }
  }
}

function isWaiting(token: Token): boolean {
  return token.state === 'arrived';
}

/** The joins of a scope that wait for ever: those that neither a moving token nor a join that may still fire can reach. */
function dead(x: Execution, scope: number): Join[] {
  const inside = x.instance.tokens.filter((token) => token.scope === scope);
  const sources = new Set<string>();
  const open = new Map<string, Join>();
  for (const token of inside) {
    const element = elementIn(x, scope, token.element);
    const waits = isWaiting(token) || (token.awaiting !== undefined && element.behaviour.awaits !== undefined);
    const awaited = waits ? awaitedBy(x, token, element) : null;
    if (!supplies(token, element)) continue;
    if (!awaited) sources.add(token.element);
    else if (!open.has(token.element)) open.set(token.element, { token, element, awaited });
  }
  // What somebody may still begin in an ad-hoc sub-process can bring a token too.
  const host = scope === ROOT ? undefined : tokenOf(x, scope);
  const around = host && elementOf(x, host);
  for (const choice of around?.behaviour.choices?.(around) ?? []) sources.add(choice.id);
  for (let found = true; found;) {
    found = false;
    for (const [id, join] of open) {
      if (!mayFire(x, scope, join, sources, open)) continue;
      open.delete(id);
      sources.add(id);
      found = true;
    }
  }
  const stuck = [...open.values()].filter(({ token }) => isWaiting(token));
  // Those that wait for a reset go on when the others do.
  const first = stuck.filter(({ awaited }) => !awaited.reset);
  return first.length > 0 ? first : stuck;
}

function mayFire(
  x: Execution,
  scope: number,
  { element, awaited }: Join,
  sources: ReadonlySet<string>,
  open: ReadonlyMap<string, Join>,
): boolean {
  const reachable = (flow: Flow): boolean => {
    const before = upstream([flow.source], element, modelOf(x, scope));
    if ([...sources].some((source) => before.has(source))) return true;
    return awaited.reset === true && ![...open.keys()].some((id) => before.has(id));
  };
  return awaited.all ? awaited.flows.every(reachable) : awaited.flows.some(reachable);
}

function unreachable({ id }: Element, { flows, all }: Awaited): Failure {
  const names = flows.map((flow) => flow.id).join(', ');
  return new Failure(
    'join',
    `Expected a token at "${id}" from ${all ? 'each of' : 'one of'} ${names}, but no token can come there any more. ` +
      'Correct the diagram and migrate the case, or cancel it.',
  );
}
