/** Invocations: a function called with an expression for each parameter (DMN 1.3, 10.2.1.6). */
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression, DmnText, InformationItem } from '../decision-file.ts';
import { coerce } from '../type.ts';
import { complete, runProgram } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnInvocation extends DmnExpression {
  readonly calledFunction?: DmnText;
  readonly binding?: readonly { readonly parameter?: InformationItem; readonly bindingFormula?: DmnExpression }[];
}

export const invocation: BoxedKind = {
  type: 'dmn:Invocation',
  compile({ calledFunction, binding = [], id }: DmnInvocation, compiler) {
    const owner = id ?? compiler.decision;
    const name = calledFunction?.text?.trim();
    if (!name) {
      const message = `Expected invocation ${owner} to name a function, but found none. Name it.`;
      compiler.report('unsupported-expression', owner, message);
      return null;
    }
    const given = complete(
      binding.map(({ parameter, bindingFormula }) => {
        const formula = compiler.inner(bindingFormula, owner);
        const type = compiler.type(parameter?.typeRef, parameter?.id ?? owner);
        return formula && { name: parameter?.name ?? '', type, formula };
      }),
    );
    // the call is left to FEEL, so that functions of the language and of the file are called alike
    const names = binding.map((_binding, index) => argumentName(index));
    const listed = binding.map(({ parameter }, index) => `${parameter?.name ?? ''}: ${names[index] ?? ''}`);
    const text = `${name}(${listed.join(', ')})`;
    const call = compiler
      .knowing(Object.fromEntries(names.map((it) => [it, null])))
      .feel({ $type: 'dmn:LiteralExpression', text }, 'expression', owner);
    if (!call || !given) return null;
    return {
      evaluate(context, trace) {
        const scope: Record<string, FeelValue> = { ...context };
        given.forEach(({ name: parameter, type, formula }, index) => {
          const value = formula.evaluate(context, trace);
          scope[argumentName(index)] = coerce(value, type, 'feel', (it) => trace.warn(`${parameter}: ${it}`));
        });
        return runProgram(call, scope, trace) ?? null;
      },
    };
  },
};

function argumentName(index: number): string {
  return `argument_${index + 1}`;
}
