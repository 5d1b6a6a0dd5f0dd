/** Boxed conditionals: if, then, else (DMN 1.4, 10.2.1.8). */
import type { DmnExpression } from '../decision-file.ts';
import type { BoxedKind } from './boxed.ts';
import { compileChild } from './child.ts';
import type { DmnChild } from './child.ts';

interface DmnConditional extends DmnExpression {
  readonly if?: DmnChild;
  readonly then?: DmnChild;
  readonly else?: DmnChild;
}

export const conditional: BoxedKind = {
  type: 'dmn:Conditional',
  compile(expression: DmnConditional, compiler) {
    const test = compileChild(expression, 'if', expression.if, compiler);
    const then = compileChild(expression, 'then', expression.then, compiler);
    const otherwise = compileChild(expression, 'else', expression.else, compiler);
    if (!test || !then || !otherwise) return null;
    return {
      evaluate(context, trace) {
        const holds = test.evaluate(context, trace);
        if (holds !== null && typeof holds !== 'boolean') {
          trace.warn('Expected the condition to be true or false, but it is neither; the else part is used.');
        }
        return (holds === true ? then : otherwise).evaluate(context, trace);
      },
    };
  },
};
