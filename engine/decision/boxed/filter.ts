/** Boxed filters: the items of a list for which an expression holds (DMN 1.4, 10.2.1.9). */
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression } from '../decision-file.ts';
import type { BoxedKind, FeelContext } from './boxed.ts';
import { compileChild } from './child.ts';
import type { DmnChild } from './child.ts';

interface DmnFilter extends DmnExpression {
  readonly in?: DmnChild;
  readonly match?: DmnChild;
}

export const filter: BoxedKind = {
  type: 'dmn:Filter',
  compile(expression: DmnFilter, compiler) {
    const source = compileChild(expression, 'in', expression.in, compiler);
    const match = compileChild(expression, 'match', expression.match, compiler.knowing({ item: null }));
    if (!source || !match) return null;
    return {
      evaluate(context, trace) {
        const items = source.evaluate(context, trace);
        if (items === null) return null;
        const kept: FeelValue[] = [];
        for (const item of (Array.isArray(items) ? items : [items]) as FeelValue[]) {
          const holds = match.evaluate({ ...context, ...entriesOf(item), item }, trace);
          if (holds !== null && typeof holds !== 'boolean') {
            trace.warn('Expected the match of each item to be true or false, but one is neither; null is used.');
            return null;
          }
          if (holds) kept.push(item);
        }
        return kept;
      },
    };
  },
};

/** The entries of an item can be read without naming it, as in a filter of FEEL. */
function entriesOf(item: FeelValue): FeelContext {
  const isContext = typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === Object.prototype;
  return isContext ? (item as FeelContext) : {};
}
