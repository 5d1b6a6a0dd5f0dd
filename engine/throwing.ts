/** Errors and escalations: who catches them, walking outwards from where they were thrown (BPMN 2.0, 10.5.6). */
import { boundaryOf, childrenOf, elementOf, end, raise, tokenOf, type Execution } from './execution.ts';
import { Failure } from './failure.ts';
import { isReopened } from './keep.ts';
import type { Token, Variables } from './instance.ts';
import type { Element } from './model.ts';

type Kind = 'error' | 'escalation';

interface Catcher {
  readonly host: number;
  readonly element: Element;
}

/** Throws an error from a token. Uncaught, it is an incident of a waiting job, and otherwise fails the instance. */
export function throwError(x: Execution, token: Token, code: string, message: string, variables: Variables = {}): void {
  const catcher = findCatcher(x, token, 'error', code);
  const thrown = { type: 'ErrorThrown', token: token.id, code, message } as const;
  x.emit(catcher ? { ...thrown, caughtBy: catcher.element.id } : thrown);
  if (catcher) {
    catcher.element.behaviour.trigger?.(x, catcher.host, catcher.element, { kind: 'error', code, variables });
  } else if (token.job) {
    // What nobody catches is not tried again by itself.
    x.emit({ type: 'JobFailed', job: token.job.id ?? token.id, retries: 0, retryAt: x.at, message });
    const found = `Expected something to catch error "${code}" thrown by the job of "${token.element}", but nothing does.`;
    raise(x, token, new Failure('error', `${found} Draw an error boundary event, or retry the job.`), 'job');
  } else {
    end(x, 'failed', `Error "${code}" was thrown at "${token.element}" and nothing caught it.`);
  }
}

/** Throws an escalation from a token; uncaught, it only goes on record. */
export function throwEscalation(x: Execution, token: Token, code: string, variables: Variables): void {
  const catcher = findCatcher(x, token, 'escalation', code);
  const thrown = { type: 'EscalationThrown', token: token.id, code } as const;
  x.emit(catcher ? { ...thrown, caughtBy: catcher.element.id } : thrown);
  catcher?.element.behaviour.trigger?.(x, catcher.host, catcher.element, { kind: 'escalation', code, variables });
}

/** The nearest catching event: at each level the closest match, by code before any. */
function findCatcher(x: Execution, thrower: Token, kind: Kind, code: string): Catcher | null {
  let token: Token | undefined = thrower;
  while (token) {
    const here: Token = token;
    const element = elementOf(x, here);
    // What is undone was left long ago, and nothing on its boundary waits any more.
    const attached = isReopened(here, element) ? null : best(boundaryOf(here, element), kind, code);
    if (attached) return { host: here.id, element: attached };
    const groups = childrenOf(x, here.scope).eventSubProcesses;
    // An event sub-process does not catch what comes out of itself.
    const starts = groups.filter(({ id }) => id !== here.element).flatMap((group) => group.children?.starts ?? []);
    const inside = best(starts, kind, code);
    if (inside) return { host: here.scope, element: inside };
    token = tokenOf(x, here.scope);
  }
  return null;
}

function best(candidates: readonly Element[], kind: Kind, code: string): Element | null {
  let found: Element | null = null;
  let closest = 0;
  for (const element of candidates) {
    const close = element.behaviour.catches?.(element, kind, code) ?? 0;
    if (close > closest) [found, closest] = [element, close];
  }
  return found;
}
