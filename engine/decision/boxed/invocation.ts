/** Invocations: a function called with an expression for each parameter (DMN 1.3, 10.2.1.6). */
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression, DmnText, InformationItem } from '../decision-file.ts';
import { complete, plainResult, runProgram } from './boxed.ts';
import type { BoxedKind } from './boxed.ts';

interface DmnInvocation extends DmnExpression {
  readonly calledFunction?: DmnText;
  readonly binding?: readonly { readonly parameter?: InformationItem; readonly bindingFormula?: DmnExpression }[];
}

export const invocation: BoxedKind = {
  type: 'dmn:Invocation',
  compile({ calledFunction, binding = [], id }: DmnInvocation, compiler) {
    const owner = id ?? compiler.decision;
    const formulas = complete(binding.map(({ bindingFormula }) => compiler.inner(bindingFormula, owner)));
    // the call is left to FEEL, so that functions of the language and of the file are called alike
    const given = binding.map(({ parameter }, index) => `${parameter?.name ?? ''}: ${argumentName(index)}`);
    const text = `${calledFunction?.text?.trim() ?? ''}(${given.join(', ')})`;
    const call = compiler.feel({ $type: 'dmn:LiteralExpression', text }, 'expression', owner);
    if (!call || !formulas) return null;
    return {
      evaluate(context, at, findings) {
        const scope: Record<string, FeelValue> = { ...context };
        formulas.forEach((formula, index) => {
          scope[argumentName(index)] = formula.evaluate(context, at, findings).value ?? null;
        });
        return plainResult(runProgram(call, scope, at, findings));
      },
    };
  },
};

function argumentName(index: number): string {
  return `argument_${index + 1}`;
}
