/** Boxed iterators: for, some, every (DMN 1.4, 10.2.1.10). */
import { feelFunction } from '../../expression/feel.ts';
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression } from '../decision-file.ts';
import { runProgram } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';
import { compileChild } from './child.ts';
import type { DmnChild } from './child.ts';

interface DmnIterator extends DmnExpression {
  readonly iteratorVariable?: string;
  readonly in?: DmnChild;
  readonly return?: DmnChild;
  readonly satisfies?: DmnChild;
}

/** The iteration itself is left to FEEL: over lists and ranges, in both directions, within its limits. */
const LOOPS = {
  for: 'for each_item in all_items return each_result(each_item, partial)',
  some: 'some each_item in all_items satisfies each_result(each_item, null)',
  every: 'every each_item in all_items satisfies each_result(each_item, null)',
} as const;

function iterator(type: string, word: keyof typeof LOOPS, part: 'return' | 'satisfies'): BoxedKind {
  return {
    type,
    compile(expression: DmnIterator, compiler) {
      const { iteratorVariable: name, id = compiler.decision } = expression;
      if (!name) {
        const message = `Expected ${id} to name its iterator variable, but it has none. Name it.`;
        compiler.report('unsupported-expression', id, message);
        return null;
      }
      const source = compileChild(expression, 'in', expression.in, compiler);
      const names = part === 'return' ? { [name]: null, partial: null } : { [name]: null };
      const body = compileChild(expression, part, expression[part], compiler.knowing(names));
      const text = { $type: 'dmn:LiteralExpression', text: LOOPS[word] };
      const loop = compiler.knowing({ all_items: null, each_result: null }).feel(text, 'expression', id);
      if (!source || !body || !loop) return null;
      return {
        evaluate(context, trace) {
          const call = ([item, partial]: FeelValue[]) =>
            body.evaluate({ ...context, [name]: item, ...(part === 'return' && { partial }) }, trace);
          const all = source.evaluate(context, trace);
          return (
            runProgram(loop, { all_items: all, each_result: feelFunction(['item', 'partial'], call) }, trace) ?? null
          );
        },
      };
    },
  };
}

/** The results of an expression for each item. */
export const forIteration = iterator('dmn:For', 'for', 'return');
/** Whether an expression holds for at least one item. */
export const some = iterator('dmn:Some', 'some', 'satisfies');
/** Whether an expression holds for all items. */
export const every = iterator('dmn:Every', 'every', 'satisfies');
