/** Literal expressions: a FEEL text (DMN 1.3, 7.3.8). */
import { runProgram } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

export const literalExpression: BoxedKind = {
  type: 'dmn:LiteralExpression',
  compile(expression, compiler) {
    const program = compiler.feel(expression, 'expression', expression.id);
    return program && { evaluate: (context, trace) => runProgram(program, context, trace) ?? null };
  },
};
