/** Boxed lists (DMN 1.3, 10.2.2.2). */
import type { DmnExpression } from '../decision-file.ts';
import { complete } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnList extends DmnExpression {
  readonly elements?: readonly DmnExpression[];
}

export const list: BoxedKind = {
  type: 'dmn:List',
  compile({ elements = [], id }: DmnList, compiler) {
    const items = complete(elements.map((element) => compiler.inner(element, element.id ?? id)));
    return items && { evaluate: (context, trace) => items.map((item) => item.evaluate(context, trace)) };
  },
};
