/** Literal expressions: a FEEL text (DMN 1.3, 7.3.8). */
import { runProgram } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

export const literalExpression: BoxedKind = {
  type: 'dmn:LiteralExpression',
  compile(expression, compiler) {
    const program = compiler.feel(expression, 'expression', expression.id);
    if (!program) return null;
    return {
      evaluate: (context, at, findings) => ({
        value: runProgram(program, context, at, findings),
        rules: [],
        inputs: {},
      }),
    };
  },
};
