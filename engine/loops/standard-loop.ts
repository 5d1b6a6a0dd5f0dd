/**
 * Standard loop marker (BPMN 2.0, 10.3.8.1): the activity is repeated while a condition holds, at most so many times. The
 * condition is tested after each iteration, with `testBefore` also before the first.
 */
import type { ModdleElement } from 'bpmn-moddle';
import type { Compiler } from '../bpmn/compiler.ts';
import { holds } from '../evaluation.ts';
import { leave, type Execution } from '../execution.ts';
import { endToken } from '../termination.ts';
import type { Expression } from '../expression/expression.ts';
import { expressionIn } from './expression-in.ts';
import { activeIn, iterate, openLoop } from './iterations.ts';
import type { Loop, LoopMarker } from './loop.ts';

interface StandardLoop {
  readonly testBefore: boolean;
  /** null: it goes on until the maximum. */
  readonly condition: Expression | null;
  readonly maximum: number | null;
}

export const standardLoop: LoopMarker = {
  type: 'bpmn:StandardLoopCharacteristics',
  extensions: [],
  compile: (node, activity, c) => loopFrom(read(node, activity, c)),
};

function read(node: ModdleElement, activity: ModdleElement, c: Compiler): StandardLoop {
  const body = expressionIn(node, 'loopCondition', activity, c);
  const maximum: unknown = node.get('loopMaximum');
  if (body === undefined && maximum === undefined) {
    c.problem(
      activity,
      'loop',
      `Expected the loop "${activity.id ?? ''}" to have a condition or a maximum, but it would never end. Write one of them.`,
    );
  }
  return {
    testBefore: node.get('testBefore') === true,
    condition: body === undefined ? null : c.expression(activity, body),
    maximum: typeof maximum === 'number' ? maximum : null,
  };
}

function loopFrom({ testBefore, condition, maximum }: StandardLoop): Loop {
  const goesOn = (x: Execution, scope: number): boolean => condition === null || holds(x, scope, condition);
  const isMore = (done: number): boolean => maximum === null || done < maximum;
  return {
    kind: 'a standard loop',
    local: ['loopCounter'],
    collections: [],
    begin(x, body, element) {
      openLoop(x, body, maximum === null ? {} : { maximum });
      if (!testBefore || goesOn(x, body.id)) iterate(x, body.id, element);
      else leave(x, body.id, element);
    },
    iterated(x, token, element) {
      const again = isMore(token.iteration ?? 0) && goesOn(x, token.id);
      endToken(x, token);
      if (again) iterate(x, token.scope, element);
      else leave(x, token.scope, element);
    },
    goOn: (x, body, element) => leave(x, body.id, element),
    isOver: (x, body) => activeIn(x, body.id) === 0,
    result: () => ({}),
  };
}
