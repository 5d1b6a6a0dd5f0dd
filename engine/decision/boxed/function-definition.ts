/** Functions that are written in FEEL or as another boxed expression (DMN 1.3, 10.2.1.7). */
import { feelFunction } from '../../expression/feel.ts';
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression, InformationItem } from '../decision-file.ts';
import { coerce, shapeOf } from '../item-definition.ts';
import { plainResult } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnFunctionDefinition extends DmnExpression {
  readonly kind?: string;
  readonly formalParameter?: readonly InformationItem[];
  readonly body?: DmnExpression;
}

export const functionDefinition: BoxedKind = {
  type: 'dmn:FunctionDefinition',
  compile({ kind = 'FEEL', formalParameter = [], body, id }: DmnFunctionDefinition, compiler) {
    const owner = id ?? compiler.decision;
    if (kind !== 'FEEL') {
      compiler.report(
        'unsupported-expression',
        owner,
        `Expected function ${owner} to be of kind FEEL, but found ${kind}.`,
      );
      return null;
    }
    const { items } = compiler;
    const parameters = formalParameter.map(({ name, typeRef }) => ({ name: name ?? '', typeRef }));
    const shape = Object.fromEntries(parameters.map(({ name, typeRef }) => [name, shapeOf(typeRef, items)]));
    const boxed = compiler.knowing(shape).inner(body, owner);
    if (!boxed) return null;
    return {
      evaluate(context, at, findings) {
        const call = (values: FeelValue[]) => {
          const scope: Record<string, FeelValue> = { ...context };
          parameters.forEach(({ name, typeRef }, index) => {
            const warn = (warning: string) => findings.warn(`${name}: ${warning}`);
            scope[name] = coerce(values[index] ?? null, typeRef, items, warn);
          });
          return boxed.evaluate(scope, at, findings).value ?? null;
        };
        const names = parameters.map(({ name }) => name);
        return plainResult(feelFunction(names, call));
      },
    };
  },
};
