/** Functions that are written in FEEL or as another boxed expression (DMN 1.3, 10.2.1.7). */
import { feelFunction } from '../../expression/feel.ts';
import type { FeelValue } from '../../expression/feel.ts';
import type { DmnExpression, InformationItem } from '../decision-file.ts';
import type { Parameter } from '../model.ts';
import { coerce } from '../type.ts';
import type { Boxed, BoxedCompiler, BoxedKind, FeelContext, Trace } from './boxed.ts';

/** A function as the file has it. */
export interface DmnFunctionDefinition extends DmnExpression {
  readonly kind?: string;
  readonly formalParameter?: readonly InformationItem[];
  readonly body?: DmnExpression;
}

/** A compiled function. */
export interface FunctionBody {
  readonly parameters: readonly Parameter[];
  readonly body: Boxed;
}

export const functionDefinition: BoxedKind = {
  type: 'dmn:FunctionDefinition',
  untyped: true,
  compile(expression, compiler) {
    const compiled = compileFunction(expression, compiler);
    return (
      compiled && {
        evaluate(context, trace) {
          const { parameters, body } = compiled;
          const call = (values: FeelValue[]) =>
            body.evaluate({ ...context, ...argumentsOf(parameters, values, trace) }, trace);
          return feelFunction(
            parameters.map(({ name }) => name),
            call,
          );
        },
      }
    );
  },
};

/** Compiles parameters and body; null after an error was reported. */
export function compileFunction(
  { kind = 'FEEL', formalParameter = [], body, id }: DmnFunctionDefinition,
  compiler: BoxedCompiler,
): FunctionBody | null {
  const owner = id ?? compiler.decision;
  if (kind !== 'FEEL') {
    const message = `Expected function ${owner} to be of kind FEEL, but found ${kind}. Write it in FEEL, or let a job do its work.`;
    compiler.report('unsupported-expression', owner, message);
    return null;
  }
  const parameters = formalParameter.map(({ id: own, name = '', typeRef }) => ({
    name,
    type: compiler.type(typeRef, own ?? owner),
  }));
  const shape = Object.fromEntries(parameters.map(({ name, type }) => [name, type?.shape(0) ?? null]));
  const boxed = compiler.knowing(shape).inner(body, owner);
  return boxed && { parameters, body: boxed };
}

/** The values of a call by parameter; those of another type become null. */
export function argumentsOf(parameters: readonly Parameter[], values: readonly FeelValue[], trace: Trace): FeelContext {
  const scope: Record<string, FeelValue> = {};
  parameters.forEach(({ name, type }, index) => {
    scope[name] = coerce(values[index], type, 'json', (text) => trace.warn(`${name}: ${text}`));
  });
  return scope;
}
