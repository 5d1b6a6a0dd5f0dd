/** The parts of the boxed expressions of DMN 1.4: each holds one expression. */
import type { DmnExpression } from '../decision-file.ts';
import type { Boxed, BoxedCompiler } from './boxed.ts';

/** A part as the file has it. */
export interface DmnChild {
  readonly id?: string;
  readonly value?: DmnExpression;
}

/** Compiles a part; null after an error was reported. */
export function compileChild(
  parent: DmnExpression,
  part: string,
  child: DmnChild | undefined,
  compiler: BoxedCompiler,
): Boxed | null {
  const element = parent.id ?? compiler.decision;
  if (child?.value) return compiler.inner(child.value, child.id ?? element);
  const message = `Expected ${element} to have an expression for "${part}", but it has none. Fill it in.`;
  compiler.report('unsupported-expression', element, message);
  return null;
}
