/** The steps that loops are made of. */
import type { EventOf } from '../event.ts';
import { enter, isWithinLimit, tokenOf, type Execution } from '../execution.ts';
import { openScope } from '../mappings.ts';
import type { LoopState, Token, Value, Variables } from '../instance.ts';
import type { Element } from '../model.ts';
import { loopVariables, scopeOf } from '../variables.ts';

/** What is known of a loop when it begins: LoopStarted without its token. */
export type Plan = Omit<EventOf<'LoopStarted'>, 'type' | 'token'>;

/** The counts of the loop whose body has this id. */
export function loopOf(x: Execution, body: number): LoopState {
  const { loop } = scopeOf(x.instance, body);
  if (!loop) throw new Error(`Expected scope ${body} of instance ${x.instance.id} to be that of a loop.`);
  return loop;
}

/** Opens the body's scope, with the loop's counts. */
export function openLoop(x: Execution, body: Token, plan: Plan): void {
  openScope(x, body);
  x.emit({ type: 'LoopStarted', token: body.id, ...plan });
  x.limit.admit(x.instance, scopeOf(x.instance, body.id));
}

/** Begins the next iteration. It is put on the agenda: those of before may be steps of this command too. */
export function iterate(x: Execution, body: number, element: Element): void {
  const token = x.draw();
  x.emit({ type: 'IterationStarted', token, body, index: loopOf(x, body).begun + 1 });
  x.later(() => {
    const here = tokenOf(x, token);
    if (here && isWithinLimit(x, here, 'enter')) enter(x, token, element);
  });
}

/** How many iterations are at work. */
export function activeIn(x: Execution, body: number): number {
  const { begun, completed, terminated } = loopOf(x, body);
  return begun - completed - terminated;
}

/** The loop's attributes at the end of an iteration: it counts as completed, and has given its output. */
export function countsAtEnd(x: Execution, token: Token, output: Value | undefined): Variables {
  const loop = loopOf(x, token.scope);
  const outputs = loop.outputs?.slice();
  if (outputs && token.iteration !== undefined && output !== undefined) outputs[token.iteration - 1] = output;
  return loopVariables({ ...loop, completed: loop.completed + 1, ...(outputs ? { outputs } : {}) });
}
